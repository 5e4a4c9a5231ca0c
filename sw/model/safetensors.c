/* safetensors.c : the header of a safetensors file.
 * SPDX-License-Identifier: MIT
 */
#include "model/safetensors.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

size_t safetensors_add(json_t *header, const struct safetensor *tensor, size_t offset) {
  size_t bytes = sizeof(float);
  json_t *shape = json_array();
  for (int d = 0; d < tensor->dimension_count; d++) {
    json_array_append_new(shape, json_integer(tensor->dimension[d]));
    bytes *= (size_t)tensor->dimension[d];
  }
  json_object_set_new(header, tensor->name,
                      json_pack("{ss,so,s[II]}", "dtype", "F32", "shape", shape, "data_offsets",
                                (json_int_t)offset, (json_int_t)(offset + bytes)));
  return offset + bytes;
}

int safetensors_write_header(FILE *file, json_t *header) {
  char *text = json_dumps(header, JSON_COMPACT);
  json_decref(header);
  if (!text)
    return -1;
  size_t length = strlen(text);
  size_t padded = (length + 7) / 8 * 8;
  for (int i = 0; i < SAFETENSORS_LENGTH_BYTES; i++)
    fputc((int)(padded >> 8 * i & 0xff), file);
  fprintf(file, "%-*s", (int)padded, text);
  free(text);
  return 0;
}

/* ---- reading ---- */

json_t *safetensors_header(const struct safetensors *file, size_t *data, struct error *err) {
  const uint8_t *bytes = file->bytes;
  size_t size = file->size;
  uint64_t length = 0;
  for (int i = 0; i < SAFETENSORS_LENGTH_BYTES && size >= SAFETENSORS_LENGTH_BYTES; i++)
    length |= (uint64_t)bytes[i] << 8 * i;
  if (size < SAFETENSORS_LENGTH_BYTES || length < 2 || length > SAFETENSORS_HEADER_BYTES_MAX ||
      length > size - SAFETENSORS_LENGTH_BYTES) {
    error_set(err,
              "%s: found a header of %" PRIu64 " bytes in a file of %zu, allowed safetensors: "
              "2..%d bytes and within the file",
              file->path, length, size, SAFETENSORS_HEADER_BYTES_MAX);
    return NULL;
  }
  json_error_t problem;
  json_t *header = json_loadb((const char *)bytes + SAFETENSORS_LENGTH_BYTES, (size_t)length,
                              JSON_REJECT_DUPLICATES, &problem);
  if (!header)
    error_set(err, "%s: header: found %s at byte %d, allowed JSON", file->path, problem.text,
              problem.position + SAFETENSORS_LENGTH_BYTES);
  else if (!json_is_object(header)) {
    error_set(err, "%s: header: found another value, allowed a JSON object", file->path);
    json_decref(header);
    header = NULL;
  }
  *data = SAFETENSORS_LENGTH_BYTES + (size_t)length;
  return header;
}

/* "[3, 1, 4, 4]" of a shape. */
static void describe_shape(char *text, size_t size, const struct safetensor *tensor) {
  size_t length = 0;
  for (int d = 0; d < tensor->dimension_count && length < size; d++)
    length += (size_t)snprintf(text + length, size - length, "%s%d", d ? ", " : "[",
                               tensor->dimension[d]);
  if (length < size)
    snprintf(text + length, size - length, "]");
}

static int check_shape(const struct safetensors *file, const json_t *shape,
                       const struct safetensor *tensor, struct error *err) {
  bool same = json_is_array(shape) && json_array_size(shape) == (size_t)tensor->dimension_count;
  for (int d = 0; d < tensor->dimension_count && same; d++) {
    const json_t *dimension = json_array_get(shape, (size_t)d);
    same = json_is_integer(dimension) && json_integer_value(dimension) == tensor->dimension[d];
  }
  if (same)
    return 0;
  char expected[64];
  describe_shape(expected, sizeof expected, tensor);
  char *found = shape ? json_dumps(shape, JSON_ENCODE_ANY) : NULL;
  error_set(err, "%s: %s: found shape %.80s, allowed %s", file->path, tensor->name,
            found ? found : "none", expected);
  free(found);
  return -1;
}

/* Reads one tensor's entry: floating-point numbers, the expected shape, and as many bytes as that
 * takes, within data_bytes. */
static int read_tensor(const struct safetensors *file, const json_t *entry, size_t data_bytes,
                       struct safetensor *tensor, struct error *err) {
  const char *dtype = json_string_value(json_object_get(entry, "dtype"));
  tensor->type = dtype_find(dtype);
  if (!tensor->type)
    return error_set(err, "%s: %s: found dtype %.16s, allowed " DTYPE_NAMES, file->path,
                     tensor->name, dtype ? dtype : "none");
  if (check_shape(file, json_object_get(entry, "shape"), tensor, err) != 0)
    return -1;
  const json_t *offsets = json_object_get(entry, "data_offsets");
  const json_t *begin = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
  if (json_array_size(offsets) != 2 || !json_is_integer(begin) || !json_is_integer(end) ||
      json_object_size(entry) != 3)
    return error_set(err, "%s: %s: found another entry, allowed dtype, shape and two data_offsets",
                     file->path, tensor->name);
  json_int_t from = json_integer_value(begin), to = json_integer_value(end);
  json_int_t bytes = tensor->type->bytes;
  for (int d = 0; d < tensor->dimension_count; d++)
    bytes *= tensor->dimension[d];
  if (from < 0 || to < from || (uint64_t)to > data_bytes || to - from != bytes)
    return error_set(
        err, "%s: %s: found data_offsets %lld..%lld, allowed %lld bytes within the file's %zu",
        file->path, tensor->name, (long long)from, (long long)to, (long long)bytes, data_bytes);
  tensor->begin = (size_t)from;
  tensor->end = (size_t)to;
  return 0;
}

static int check_names(const struct safetensors *file, const json_t *header,
                       const struct safetensor *tensors, int needed, int count, struct error *err) {
  const char *name;
  json_t *entry;
  json_object_foreach((json_t *)header, name, entry) {
    bool known = strcmp(name, "__metadata__") == 0;
    for (int i = 0; i < count; i++)
      known = known || strcmp(name, tensors[i].name) == 0;
    if (!known)
      return error_set(err, "%s: found the tensor '%.40s', which %s does not have", file->path,
                       name, file->owner);
  }
  for (int i = 0; i < needed; i++)
    if (!json_object_get(header, tensors[i].name))
      return error_set(err, "%s: found no tensor '%s', which %s has", file->path, tensors[i].name,
                       file->owner);
  return 0;
}

int safetensors_find(const struct safetensors *file, const json_t *header, size_t data,
                     struct safetensor *tensors, int needed, int count, struct error *err) {
  size_t total = 0, data_bytes = file->size - data;
  if (check_names(file, header, tensors, needed, count, err) != 0)
    return -1;
  for (int i = 0; i < count; i++) {
    if (read_tensor(file, json_object_get(header, tensors[i].name), data_bytes, &tensors[i], err) !=
        0)
      return -1;
    total += tensors[i].end - tensors[i].begin;
    for (int k = 0; k < i; k++)
      if (tensors[i].begin < tensors[k].end && tensors[k].begin < tensors[i].end)
        return error_set(err, "%s: found %s and %s in the same bytes, allowed apart", file->path,
                         tensors[k].name, tensors[i].name);
  }
  if (total != data_bytes)
    return error_set(err, "%s: found %zu bytes of data, allowed the tensors' %zu", file->path,
                     data_bytes, total);
  return 0;
}
