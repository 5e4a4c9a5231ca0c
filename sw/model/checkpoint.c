/* checkpoint.c : weights and the whole state of a training run, as a safetensors file.
 * SPDX-License-Identifier: MIT
 *
 * The file: 8 bytes length of the header (little endian), the header in JSON padded with blanks to
 * a multiple of 8, then the tensors' bytes at the header's data_offsets.
 */
#include "model/checkpoint.h"

#include "base/file.h"
#include "model/dtype.h"

#include <float.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  HEADER_BYTES_MAX = 100000000,
  LENGTH_BYTES = 8,
  NAME_CHARS = 32,
  DIMENSIONS_MAX = NET_DIMENSIONS_MAX
};
enum { NUMBER_BYTES_MAX = 8 };
enum { TENSORS_MAX = 2 * NET_LAYERS_MAX }; /* of a file: weights and biases */

/* A layer's tensor as PyTorch has it. */
struct tensor {
  char name[NAME_CHARS];
  int dimension_count;
  int dimension[DIMENSIONS_MAX];
  const struct dtype *type; /* of a file's */
  size_t begin, end;        /* of its bytes among the data */
};

/* "dense1.weight" of a layer and "weight". */
static void tensor_name(struct tensor *tensor, const struct net *net, int l, const char *what) {
  snprintf(tensor->name, sizeof tensor->name, "%s.%s", net->layer[l].name, what);
}

static void tensor_describe(struct tensor *tensor, const struct net *net, int l) {
  tensor_name(tensor, net, l, "weight");
  tensor->dimension_count = net_tensor_shape(&net->layer[l], tensor->dimension);
  tensor->begin = tensor->end = 0;
}

/* Index of weight [row][column] in the layer's tensor: [column][row], where rows that are values of
 * several positions go from position by position to filter by filter. */
static size_t tensor_index(const struct net *net, int l, int row, int column) {
  if (l > 0) {
    const struct layer *front = &net->layer[l - 1];
    row = row % front->units * front->positions + row / front->units;
  }
  return (size_t)column * (size_t)net->layer[l].rows + (size_t)row;
}

static void put_float(uint8_t *to, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  for (int i = 0; i < 4; i++)
    to[i] = (uint8_t)(bits >> 8 * i);
}

/* ---- writing ---- */

static json_t *text_of_number(uint64_t number) {
  char text[24];
  snprintf(text, sizeof text, "%" PRIu64, number);
  return json_string(text);
}

static json_t *metadata_of(const struct net *net, const struct checkpoint *checkpoint) {
  char hash[20], data[20], random[40];
  const struct device_state *state = &checkpoint->state;
  snprintf(hash, sizeof hash, "%016" PRIx64, net->net_hash);
  snprintf(data, sizeof data, "%016" PRIx64, checkpoint->place.data);
  snprintf(random, sizeof random, "%016" PRIx64 "%016" PRIx64, state->random.high,
           state->random.low);
  return json_pack("{ss,ss,ss,ss,so,so,so,so,ss,so,so,ss,ss,ss,ss}", "engram_version",
                   ENGRAM_VERSION, "net", net->name, "net_hash", hash, "random_state", random,
                   "steps", text_of_number(state->steps), "rate",
                   text_of_number((uint64_t)state->rate), "freeze", text_of_number(state->freeze),
                   "seed", text_of_number(checkpoint->place.seed), "data_hash", data, "epoch",
                   text_of_number(checkpoint->place.epoch), "position",
                   text_of_number(checkpoint->place.position), "class_names",
                   checkpoint->origin.class_names, "view", checkpoint->origin.view, "channel",
                   checkpoint->origin.channel, "how", checkpoint->origin.how);
}

/* The header's JSON, to be freed by the caller. */
static char *header_of(const struct net *net, const struct checkpoint *checkpoint) {
  json_t *header = json_pack("{so}", "__metadata__", metadata_of(net, checkpoint));
  size_t offset = 0;
  for (int l = 0; l < net->layer_count; l++) {
    struct tensor tensor;
    tensor_describe(&tensor, net, l);
    size_t end = offset + 4 * checkpoint->weights.count[l];
    json_t *shape = json_array();
    for (int d = 0; d < tensor.dimension_count; d++)
      json_array_append_new(shape, json_integer(tensor.dimension[d]));
    json_object_set_new(header, tensor.name,
                        json_pack("{ss,so,s[II]}", "dtype", "F32", "shape", shape, "data_offsets",
                                  (json_int_t)offset, (json_int_t)end));
    offset = end;
  }
  char *text = json_dumps(header, JSON_COMPACT);
  json_decref(header);
  return text;
}

static void write_header(FILE *file, const char *text) {
  size_t length = strlen(text);
  size_t padded = (length + 7) / 8 * 8;
  for (int i = 0; i < LENGTH_BYTES; i++)
    fputc((int)(padded >> 8 * i & 0xff), file);
  fprintf(file, "%-*s", (int)padded, text);
}

static float weight_value(const struct net *net, const struct weights *weights, int l, size_t i) {
  return weights->real[l] ? weights->real[l][i]
                          : ldexpf((float)weights->layer[l][i], -net->layer[l].weight.frac);
}

static void write_layer(FILE *file, const struct net *net, int l, const struct weights *weights) {
  const struct layer *layer = &net->layer[l];
  size_t count = (size_t)layer->rows * (size_t)layer->units;
  uint8_t *bytes = memory_new(count, 4);
  for (int row = 0; row < layer->rows; row++)
    for (int column = 0; column < layer->units; column++)
      put_float(bytes + 4 * tensor_index(net, l, row, column),
                weight_value(net, weights, l, (size_t)(row * layer->units + column)));
  fwrite(bytes, 4, count, file); /* output_commit notices a failure */
  free(bytes);
}

int checkpoint_write(FILE *file, const struct net *net, const struct checkpoint *checkpoint,
                     struct error *err) {
  char *header = header_of(net, checkpoint);
  if (!header)
    return error_set(err, "checkpoint: the header cannot be made: memory exhausted");
  write_header(file, header);
  free(header);
  for (int l = 0; l < net->layer_count; l++)
    write_layer(file, net, l, &checkpoint->weights);
  return 0;
}

int checkpoint_save(const char *path, const struct net *net, const struct checkpoint *checkpoint,
                    struct error *err) {
  struct output out;
  FILE *file = output_open(&out, path, err);
  if (!file)
    return -1;
  if (checkpoint_write(file, net, checkpoint, err) != 0) {
    output_abort(&out);
    return -1;
  }
  return output_commit(&out, err);
}

/* ---- reading: the header ---- */

struct reader {
  const char *path;
  const struct net *net;
  struct error *err;
};

/* "[3, 1, 4, 4]" of a shape. */
static void describe_shape(char *text, size_t size, const struct tensor *tensor) {
  size_t length = 0;
  for (int d = 0; d < tensor->dimension_count && length < size; d++)
    length += (size_t)snprintf(text + length, size - length, "%s%d", d ? ", " : "[",
                               tensor->dimension[d]);
  if (length < size)
    snprintf(text + length, size - length, "]");
}

static int check_shape(const struct reader *r, const json_t *shape, const struct tensor *tensor) {
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
  error_set(r->err, "%s: %s: found shape %.80s, allowed %s", r->path, tensor->name,
            found ? found : "none", expected);
  free(found);
  return -1;
}

/* Reads one tensor's entry: floating-point numbers, the expected shape, and as many bytes as that
 * takes, within data_bytes. */
static int read_tensor(const struct reader *r, const json_t *entry, size_t data_bytes,
                       struct tensor *tensor) {
  const char *dtype = json_string_value(json_object_get(entry, "dtype"));
  tensor->type = dtype_find(dtype);
  if (!tensor->type)
    return error_set(r->err, "%s: %s: found dtype %.16s, allowed " DTYPE_NAMES, r->path,
                     tensor->name, dtype ? dtype : "none");
  if (check_shape(r, json_object_get(entry, "shape"), tensor) != 0)
    return -1;
  const json_t *offsets = json_object_get(entry, "data_offsets");
  const json_t *begin = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
  if (json_array_size(offsets) != 2 || !json_is_integer(begin) || !json_is_integer(end) ||
      json_object_size(entry) != 3)
    return error_set(r->err,
                     "%s: %s: found another entry, allowed dtype, shape and two data_offsets",
                     r->path, tensor->name);
  json_int_t from = json_integer_value(begin), to = json_integer_value(end);
  json_int_t bytes = tensor->type->bytes;
  for (int d = 0; d < tensor->dimension_count; d++)
    bytes *= tensor->dimension[d];
  if (from < 0 || to < from || (uint64_t)to > data_bytes || to - from != bytes)
    return error_set(
        r->err, "%s: %s: found data_offsets %lld..%lld, allowed %lld bytes within the file's %zu",
        r->path, tensor->name, (long long)from, (long long)to, (long long)bytes, data_bytes);
  tensor->begin = (size_t)from;
  tensor->end = (size_t)to;
  return 0;
}

static int check_names(const struct reader *r, const json_t *header, const struct tensor *tensors,
                       int count) {
  const char *name;
  json_t *entry;
  json_object_foreach((json_t *)header, name, entry) {
    bool known = strcmp(name, "__metadata__") == 0;
    for (int i = 0; i < count; i++)
      known = known || strcmp(name, tensors[i].name) == 0;
    if (!known)
      return error_set(r->err, "%s: found the tensor '%.40s', which network '%s' does not have",
                       r->path, name, r->net->name);
  }
  for (int l = 0; l < r->net->layer_count; l++)
    if (!json_object_get(header, tensors[l].name))
      return error_set(r->err, "%s: found no tensor '%s', which network '%s' has", r->path,
                       tensors[l].name, r->net->name);
  return 0;
}

/* The weights of every layer, then the biases that the file has. Returns how many. */
static int expected_tensors(const struct reader *r, const json_t *header,
                            struct tensor tensors[TENSORS_MAX]) {
  int count = r->net->layer_count;
  for (int l = 0; l < r->net->layer_count; l++) {
    tensor_describe(&tensors[l], r->net, l);
    struct tensor *bias = &tensors[count];
    *bias = (struct tensor){.dimension_count = 1, .dimension = {r->net->layer[l].units}};
    tensor_name(bias, r->net, l, "bias");
    count += json_object_get(header, bias->name) != NULL;
  }
  return count;
}

/* Every weight tensor of the net once, biases, none other, without overlaps or bytes between them.
 * Returns how many, or -1. */
static int read_tensors(const struct reader *r, const json_t *header, size_t data_bytes,
                        struct tensor tensors[TENSORS_MAX]) {
  int count = expected_tensors(r, header, tensors);
  size_t total = 0;
  if (check_names(r, header, tensors, count) != 0)
    return -1;
  for (int i = 0; i < count; i++) {
    if (read_tensor(r, json_object_get(header, tensors[i].name), data_bytes, &tensors[i]) != 0)
      return -1;
    total += tensors[i].end - tensors[i].begin;
    for (int k = 0; k < i; k++)
      if (tensors[i].begin < tensors[k].end && tensors[k].begin < tensors[i].end)
        return error_set(r->err, "%s: found %s and %s in the same bytes, allowed apart", r->path,
                         tensors[k].name, tensors[i].name);
  }
  if (total != data_bytes)
    return error_set(r->err, "%s: found %zu bytes of data, allowed the tensors' %zu", r->path,
                     data_bytes, total);
  return count;
}

/* ---- reading: the metadata ---- */

static const char *metadata_text(const struct reader *r, const json_t *metadata, const char *key) {
  const char *text = json_string_value(json_object_get(metadata, key));
  if (!text)
    error_set(r->err, "%s: found no text '%s' in the metadata, which a checkpoint has", r->path,
              key);
  return text;
}

/* A decimal number without leading zeros, 0..most. */
static int metadata_number(const struct reader *r, const json_t *metadata, const char *key,
                           uint64_t most, uint64_t *number) {
  const char *text = metadata_text(r, metadata, key);
  if (!text)
    return -1;
  uint64_t value = 0;
  const char *c = text;
  bool good = *c != '\0' && (*c != '0' || c[1] == '\0');
  for (; good && *c; c++) {
    uint64_t digit = (uint64_t)*c - '0'; /* huge for what is not a digit */
    good = digit <= 9 && digit <= most && value <= (most - digit) / 10;
    value = value * 10 + digit;
  }
  if (!good)
    return error_set(r->err, "%s: %s: found '%.40s', allowed a decimal number 0..%" PRIu64, r->path,
                     key, text, most);
  *number = value;
  return 0;
}

/* `digits` lower-case hexadecimal digits, 16 a word, the highest word first. */
static int metadata_hex(const struct reader *r, const json_t *metadata, const char *key,
                        size_t digits, uint64_t *words) {
  const char *text = metadata_text(r, metadata, key);
  if (!text)
    return -1;
  if (strlen(text) != digits || strspn(text, "0123456789abcdef") != digits)
    return error_set(r->err, "%s: %s: found '%.40s', allowed %zu digits 0..9, a..f", r->path, key,
                     text, digits);
  for (size_t word = 0; word < digits / 16; word++) {
    char part[17] = "";
    memcpy(part, text + 16 * word, 16);
    words[word] = strtoull(part, NULL, 16);
  }
  return 0;
}

static int check_hash(const struct reader *r, const json_t *metadata) {
  uint64_t hash;
  const char *name = metadata_text(r, metadata, "net");
  if (!name || !metadata_text(r, metadata, "engram_version") ||
      metadata_hex(r, metadata, "net_hash", 16, &hash) != 0)
    return -1;
  if (hash == r->net->net_hash)
    return 0;
  return error_set(r->err,
                   "%s: net_hash: found %016" PRIx64 " (network '%.40s'), allowed %016" PRIx64
                   " (network '%s'): formats or rounding differ",
                   r->path, hash, name, r->net->net_hash, r->net->name);
}

/* A text that may be missing, into `to` [size]. */
static int read_text(const struct reader *r, const json_t *metadata, const char *key, char *to,
                     size_t size) {
  const char *text = json_string_value(json_object_get(metadata, key));
  if (text && strlen(text) >= size)
    return error_set(r->err, "%s: %s: found %zu bytes, allowed less than %zu", r->path, key,
                     strlen(text), size);
  snprintf(to, size, "%s", text ? text : "");
  return 0;
}

/* What files written by hand may lack: left unknown then. */
static int read_origin(const struct reader *r, const json_t *metadata, struct checkpoint *result) {
  struct origin *origin = &result->origin;
  if (read_text(r, metadata, "class_names", origin->class_names, sizeof origin->class_names) != 0 ||
      read_text(r, metadata, "view", origin->view, sizeof origin->view) != 0 ||
      read_text(r, metadata, "channel", origin->channel, sizeof origin->channel) != 0 ||
      read_text(r, metadata, "how", origin->how, sizeof origin->how) != 0)
    return -1;
  result->place.data = 0;
  if (!json_object_get(metadata, "data_hash"))
    return 0;
  return metadata_hex(r, metadata, "data_hash", 16, &result->place.data);
}

static int read_state(const struct reader *r, const json_t *metadata, struct checkpoint *result) {
  struct device_state *state = &result->state;
  struct place *place = &result->place;
  uint64_t random[2], steps, rate, freeze, epoch, position;
  uint64_t freeze_most = (UINT64_C(1) << r->net->layer_count) - 1;
  if (check_hash(r, metadata) != 0 || metadata_hex(r, metadata, "random_state", 32, random) != 0 ||
      metadata_number(r, metadata, "steps", UINT32_MAX, &steps) != 0 ||
      metadata_number(r, metadata, "rate", NET_RATE_MAX, &rate) != 0 ||
      metadata_number(r, metadata, "freeze", freeze_most, &freeze) != 0 ||
      metadata_number(r, metadata, "seed", UINT64_MAX, &place->seed) != 0 ||
      metadata_number(r, metadata, "epoch", UINT32_MAX, &epoch) != 0 ||
      metadata_number(r, metadata, "position", UINT32_MAX, &position) != 0)
    return -1;
  if (random[0] >> 63 || (random[0] == 0 && random[1] == 0))
    return error_set(r->err,
                     "%s: random_state: found %016" PRIx64 "%016" PRIx64
                     ", allowed 127 bits that are not all 0",
                     r->path, random[0], random[1]);
  state->random = (struct random_state){.low = random[1], .high = random[0]};
  state->steps = (uint32_t)steps;
  state->rate = (int)rate;
  state->freeze = (uint32_t)freeze;
  place->epoch = (uint32_t)epoch;
  place->position = (uint32_t)position;
  return read_origin(r, metadata, result);
}

/* Metadata is an object of texts. One that does not come from Engram leaves the result as it is. */
static int read_metadata(const struct reader *r, const json_t *header, struct checkpoint *result) {
  json_t *metadata = json_object_get(header, "__metadata__");
  if (!metadata || json_is_null(metadata))
    return 0;
  const char *key;
  json_t *value;
  bool texts = json_is_object(metadata);
  json_object_foreach(metadata, key, value) texts = texts && json_is_string(value);
  if (!texts)
    return error_set(r->err, "%s: __metadata__: found other values, allowed texts only", r->path);
  if (!json_object_get(metadata, "net_hash") && !json_object_get(metadata, "engram_version"))
    return 0;
  return read_state(r, metadata, result);
}

/* ---- reading: the weights ---- */

/* Nearest integer (half up) of the layer's grid, saturated. */
static int32_t weight_of(double value, const struct format *format, bool *exact) {
  double scaled = ldexp(value, format->frac);
  double most = (double)(INT32_C(1) << (format->bits - 1));
  double rounded = floor(scaled + 0.5);
  if (rounded > most - 1)
    rounded = most - 1;
  if (rounded < -most)
    rounded = -most;
  *exact = rounded == scaled;
  return (int32_t)rounded;
}

static int read_layer(const struct reader *r, int l, const uint8_t *bytes,
                      const struct tensor *tensor, struct weights *weights, size_t *inexact) {
  const struct layer *layer = &r->net->layer[l];
  for (int row = 0; row < layer->rows; row++)
    for (int column = 0; column < layer->units; column++) {
      size_t index = tensor_index(r->net, l, row, column);
      double value = dtype_value(tensor->type, bytes + (size_t)tensor->type->bytes * index);
      if (!(fabs(value) <= (double)FLT_MAX))
        return error_set(r->err,
                         "%s: %s: found %g at element %zu, allowed finite numbers that float32 has",
                         r->path, tensor->name, value, index);
      bool exact;
      size_t i = (size_t)(row * layer->units + column);
      weights->layer[l][i] = weight_of(value, &layer->weight, &exact);
      weights->real[l][i] = (float)value;
      *inexact += !exact;
    }
  return 0;
}

/* A layer has no bias: one that is there must be nothing but zeros. */
static int check_bias(const struct reader *r, const uint8_t *bytes, const struct tensor *bias) {
  for (int i = 0; i < bias->dimension[0]; i++) {
    double value = dtype_value(bias->type, bytes + bias->type->bytes * i);
    if (value != 0)
      return error_set(r->err,
                       "%s: %s: found %g at element %d, allowed 0: layers have no biases (train "
                       "the model with bias=False)",
                       r->path, bias->name, value, i);
  }
  return 0;
}

/* ---- reading: the file ---- */

/* The header, for json_decref; its length, padding included, goes to *header_bytes. NULL on error.
 */
static json_t *parse_header(const struct reader *r, const uint8_t *bytes, size_t size,
                            size_t *header_bytes) {
  uint64_t length = 0;
  for (int i = 0; i < LENGTH_BYTES && size >= LENGTH_BYTES; i++)
    length |= (uint64_t)bytes[i] << 8 * i;
  if (size < LENGTH_BYTES || length < 2 || length > HEADER_BYTES_MAX ||
      length > size - LENGTH_BYTES) {
    error_set(r->err,
              "%s: found a header of %" PRIu64 " bytes in a file of %zu, allowed safetensors: "
              "2..%d bytes and within the file",
              r->path, length, size, HEADER_BYTES_MAX);
    return NULL;
  }
  json_error_t problem;
  json_t *header = json_loadb((const char *)bytes + LENGTH_BYTES, (size_t)length,
                              JSON_REJECT_DUPLICATES, &problem);
  if (!header)
    error_set(r->err, "%s: header: found %s at byte %d, allowed JSON", r->path, problem.text,
              problem.position + LENGTH_BYTES);
  else if (!json_is_object(header)) {
    error_set(r->err, "%s: header: found another value, allowed a JSON object", r->path);
    json_decref(header);
    header = NULL;
  }
  *header_bytes = (size_t)length;
  return header;
}

/* Everything of the file, into `result` whose weights are new. */
static int read_file(const struct reader *r, const uint8_t *bytes, size_t size,
                     struct checkpoint *result, size_t *inexact) {
  struct tensor tensors[TENSORS_MAX];
  size_t header_bytes;
  json_t *header = parse_header(r, bytes, size, &header_bytes);
  if (!header)
    return -1;
  const uint8_t *data = bytes + LENGTH_BYTES + header_bytes;
  int count = read_tensors(r, header, size - LENGTH_BYTES - header_bytes, tensors);
  int status = count < 0 ? -1 : read_metadata(r, header, result);
  json_decref(header);
  weights_add_real(&result->weights);
  for (int l = 0; l < r->net->layer_count && status == 0; l++)
    status = read_layer(r, l, data + tensors[l].begin, &tensors[l], &result->weights, inexact);
  for (int i = r->net->layer_count; i < count && status == 0; i++)
    status = check_bias(r, data + tensors[i].begin, &tensors[i]);
  if (*inexact == 0)
    weights_drop_real(&result->weights);
  return status;
}

int checkpoint_load(const char *path, const struct net *net, struct checkpoint *checkpoint,
                    size_t *inexact, struct error *err) {
  const struct reader reader = {path, net, err};
  size_t size, count = 0;
  size_t biases = (size_t)NET_LAYERS_MAX * NET_UNITS_MAX;
  size_t limit =
      (size_t)LENGTH_BYTES + HEADER_BYTES_MAX + NUMBER_BYTES_MAX * (net->weight_count + biases);
  uint8_t *bytes = file_read(path, limit, &size, err);
  if (!bytes)
    return -1;
  struct checkpoint result = *checkpoint;
  weights_new(&result.weights, net);
  int status = read_file(&reader, bytes, size, &result, &count);
  if (status == 0) {
    struct weights before = checkpoint->weights;
    checkpoint->weights = result.weights;
    result.weights = before;
    checkpoint->state = result.state;
    checkpoint->place = result.place;
    checkpoint->origin = result.origin;
    *inexact = count;
  }
  weights_free(&result.weights);
  free(bytes);
  return status;
}
