/* sidecar.c : dataset.json, which says what IDX files cannot: names, files, recordings.
 * SPDX-License-Identifier: MIT
 */
#include "data/sidecar.h"

#include "base/file.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 1 };
#define SIDECAR_BYTES_MAX ((size_t)1 << 30)
static const char format_name[] = "engram-dataset";

/* Copies an array of non-empty strings; *count of them, to be released by the caller. */
static char **read_names(const json_t *root, const char *key, size_t most, int *count,
                         const char *path, struct error *err) {
  const json_t *array = json_object_get(root, key);
  size_t size = json_array_size(array);
  if (!json_is_array(array) || size > most) {
    error_set(err, "%s: \"%s\": expected a list of at most %zu names", path, key, most);
    return NULL;
  }
  char **names = memory_new(size + 1, sizeof *names);
  for (size_t i = 0; i < size; i++) {
    const char *name = json_string_value(json_array_get(array, i));
    if (!name || name[0] == '\0')
      error_set(err, "%s: \"%s\": entry %zu, expected a name", path, key, i);
    else
      names[(*count)++] = text_copy(name);
  }
  return names;
}

/* Reads a list of `count` numbers from `low` to `high`. */
static int *read_numbers(const json_t *object, const char *key, size_t count, int low, int high,
                         const char *path, struct error *err) {
  const json_t *array = json_object_get(object, key);
  if (!json_is_array(array) || json_array_size(array) != count) {
    error_set(err, "%s: \"%s\": %zu entries, expected a list of %zu", path, key,
              json_array_size(array), count);
    return NULL;
  }
  int *numbers = memory_new(count, sizeof *numbers);
  for (size_t i = 0; i < count; i++) {
    const json_t *entry = json_array_get(array, i);
    json_int_t number = json_integer_value(entry);
    if (!json_is_integer(entry) || number < low || number > high)
      error_set(err, "%s: \"%s\": entry %zu, expected a number from %d to %d", path, key, i, low,
                high);
    else
      numbers[i] = (int)number;
  }
  return numbers;
}

static int check_number(const json_t *object, const char *key, size_t expected, const char *path,
                        struct error *err) {
  const json_t *number = json_object_get(object, key);
  if (json_is_integer(number) && json_integer_value(number) == (json_int_t)expected)
    return 0;
  return error_set(err, "%s: \"%s\" is %lld, expected %zu as in the IDX files", path, key,
                   (long long)json_integer_value(number), expected);
}

static int check_classes(const struct dataset *data, const char *path, struct error *err) {
  if (data->class_count == 0)
    return error_set(err, "%s: \"classes\" is empty", path);
  for (int i = 0; i < data->class_count; i++)
    for (int j = 0; j < i; j++)
      if (strcmp(data->class_names[i], data->class_names[j]) == 0)
        return error_set(err, "%s: \"classes\": '%s' twice", path, data->class_names[i]);
  return 0;
}

/* "columns", which may be missing. */
static int read_columns(struct dataset *data, const json_t *root, const char *path,
                        struct error *err) {
  const json_t *columns = json_object_get(root, "columns");
  size_t count = json_array_size(columns);
  data->columns = memory_new(count, sizeof *data->columns);
  for (size_t i = 0; i < count; i++) {
    const json_t *from = json_array_get(columns, i);
    const char *name = json_string_value(json_object_get(from, "name"));
    if (!name || !name[0])
      return error_set(err, "%s: \"columns\": entry %zu, expected a \"name\"", path, i);
    struct dataset_column *column = &data->columns[data->column_count++];
    column->name = text_copy(name);
    column->values = read_names(from, "values", INT_MAX, &column->value_count, path, err);
    column->value = read_numbers(from, "value", (size_t)data->file_count, -1,
                                 column->value_count - 1, path, err);
    if (err->message[0] != '\0')
      return -1;
  }
  return 0;
}

/* "rate_hz" and "bandwidth_hz", which may both be missing. */
static int read_channels(struct dataset *data, const json_t *root, const char *path,
                         struct error *err) {
  size_t count = (size_t)data->file_count;
  if (!json_object_get(root, "rate_hz") && !json_object_get(root, "bandwidth_hz"))
    return 0;
  data->rate_hz = read_numbers(root, "rate_hz", count, 0, INT_MAX, path, err);
  data->bandwidth_hz = read_numbers(root, "bandwidth_hz", count, 0, INT_MAX, path, err);
  return err->message[0] == '\0' ? 0 : -1;
}

static int read_root(struct dataset *data, const json_t *root, const char *path,
                     struct error *err) {
  const char *format = json_string_value(json_object_get(root, "format"));
  json_int_t version = json_integer_value(json_object_get(root, "version"));
  if (!format || strcmp(format, format_name) != 0 || version != VERSION)
    return error_set(err, "%s: expected \"format\": \"%s\" and \"version\": %d", path, format_name,
                     VERSION);
  const char *view = json_string_value(json_object_get(root, "view"));
  if (view && strlen(view) >= sizeof data->view)
    return error_set(err, "%s: \"view\": found %zu bytes, expected less than %zu", path,
                     strlen(view), sizeof data->view);
  data->overlapping = json_is_true(json_object_get(root, "overlapping"));
  strcpy(data->view, view ? view : "");
  const json_t *pictures = json_object_get(root, "pictures");
  if (check_number(pictures, "count", data->count, path, err) != 0 ||
      check_number(pictures, "height", (size_t)data->height, path, err) != 0 ||
      check_number(pictures, "width", (size_t)data->width, path, err) != 0)
    return -1;
  data->class_names =
      read_names(root, "classes", SIDECAR_CLASSES_MAX, &data->class_count, path, err);
  data->recording_names =
      read_names(root, "recordings", INT_MAX, &data->recording_count, path, err);
  data->file_names = read_names(root, "files", INT_MAX, &data->file_count, path, err);
  if (err->message[0] != '\0' || check_classes(data, path, err) != 0 ||
      read_columns(data, root, path, err) != 0 || read_channels(data, root, path, err) != 0)
    return -1;
  data->recording =
      read_numbers(pictures, "recording", data->count, 0, data->recording_count - 1, path, err);
  data->file = read_numbers(pictures, "file", data->count, -1, data->file_count - 1, path, err);
  data->segment = read_numbers(pictures, "segment", data->count, 0, INT_MAX, path, err);
  return err->message[0] == '\0' ? 0 : -1;
}

int sidecar_read(struct dataset *data, const char *path, struct error *err) {
  size_t size;
  uint8_t *text = file_read(path, SIDECAR_BYTES_MAX, &size, err);
  if (!text)
    return -1;
  json_error_t where;
  json_t *root = json_loadb((const char *)text, size, JSON_REJECT_DUPLICATES, &where);
  free(text);
  if (!root)
    return error_set(err, "%s:%d:%d: %s", path, where.line, where.column, where.text);
  int result = read_root(data, root, path, err);
  json_decref(root);
  return result;
}

static char **number_names(int count) {
  char **names = memory_new((size_t)count + 1, sizeof *names);
  for (int i = 0; i < count; i++) {
    names[i] = memory_new(12, 1);
    snprintf(names[i], 12, "%d", i);
  }
  return names;
}

void sidecar_assume(struct dataset *data) {
  for (size_t i = 0; i < data->count; i++)
    if (data->labels[i] >= data->class_count)
      data->class_count = data->labels[i] + 1;
  data->class_names = number_names(data->class_count);
  data->recording_count = (int)data->count;
  data->recording_names = number_names(data->recording_count);
  data->file_names = memory_new(1, sizeof *data->file_names);
  data->recording = memory_new(data->count, sizeof *data->recording);
  data->file = memory_new(data->count, sizeof *data->file);
  data->segment = memory_new(data->count, sizeof *data->segment);
  for (size_t i = 0; i < data->count; i++) {
    data->recording[i] = (int)i;
    data->file[i] = -1;
  }
}

static json_t *names_json(char *const *names, int count) {
  json_t *array = json_array();
  for (int i = 0; i < count; i++)
    json_array_append_new(array, json_string(names[i]));
  return array;
}

static json_t *numbers_json(const int *numbers, size_t count) {
  json_t *array = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(array, json_integer(numbers[i]));
  return array;
}

static json_t *columns_json(const struct dataset *data) {
  json_t *columns = json_array();
  for (int i = 0; i < data->column_count; i++) {
    const struct dataset_column *column = &data->columns[i];
    json_array_append_new(columns,
                          json_pack("{s:s, s:o, s:o}", "name", column->name, "values",
                                    names_json(column->values, column->value_count), "value",
                                    numbers_json(column->value, (size_t)data->file_count)));
  }
  return columns;
}

static int check_names(char *const *names, int count, struct error *err) {
  for (int i = 0; i < count; i++)
    if (!sidecar_can_hold(names[i]))
      return error_set(err, "'%s': expected a name in UTF-8 without control characters", names[i]);
  return 0;
}

int sidecar_write(const struct dataset *data, FILE *file, struct error *err) {
  if (check_names(data->class_names, data->class_count, err) != 0 ||
      check_names(data->recording_names, data->recording_count, err) != 0 ||
      check_names(data->file_names, data->file_count, err) != 0)
    return -1;
  json_t *root = json_pack(
      "{s:s, s:i, s:o, s:o, s:o, s:{s:I, s:i, s:i, s:o, s:o, s:o}}", "format", format_name,
      "version", VERSION, "classes", names_json(data->class_names, data->class_count), "recordings",
      names_json(data->recording_names, data->recording_count), "files",
      names_json(data->file_names, data->file_count), "pictures", "count", (json_int_t)data->count,
      "height", data->height, "width", data->width, "recording",
      numbers_json(data->recording, data->count), "file", numbers_json(data->file, data->count),
      "segment", numbers_json(data->segment, data->count));
  if (data->view[0])
    json_object_set_new(root, "view", json_string(data->view));
  if (data->overlapping)
    json_object_set_new(root, "overlapping", json_true());
  if (data->rate_hz) {
    size_t count = (size_t)data->file_count;
    json_object_set_new(root, "rate_hz", numbers_json(data->rate_hz, count));
    json_object_set_new(root, "bandwidth_hz", numbers_json(data->bandwidth_hz, count));
  }
  if (data->column_count > 0)
    json_object_set_new(root, "columns", columns_json(data));
  json_dumpf(root, file, 0);
  json_decref(root);
  fputc('\n', file);
  return 0;
}

bool sidecar_can_hold(const char *name) {
  json_t *string = json_string(name);
  bool held = string && name[0] != '\0';
  json_decref(string);
  for (const unsigned char *c = (const unsigned char *)name; *c; c++)
    held = held && *c >= ' ' && *c != 0x7f;
  return held;
}
