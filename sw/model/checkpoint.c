/* checkpoint.c : weights and the whole state of a training run, as a safetensors file.
 * SPDX-License-Identifier: MIT
 */
#include "model/checkpoint.h"

#include "base/file.h"
#include "model/safetensors.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_BYTES_MAX = 8 };
enum { FILE_TENSORS_MAX = NET_LAYERS_MAX * (NET_TENSORS_MAX + 1) }; /* and biases */

_Static_assert((int)SAFETENSORS_NAME_BYTES >= (int)NET_TENSOR_NAME_MAX &&
                   (int)SAFETENSORS_DIMENSIONS_MAX == NET_DIMENSIONS_MAX,
               "a file's tensor takes what the net's has");

static struct safetensor file_tensor(const struct net *net, const struct tensor *tensor) {
  struct safetensor in_file = {.dimension_count = tensor->dimension_count};
  net_tensor_name(net, tensor, in_file.name);
  memcpy(in_file.dimension, tensor->dimension, sizeof in_file.dimension);
  return in_file;
}

/* Index of number [row][column] in the file's tensor: [column][row], where rows that are values of
 * several positions go from position by position to filter by filter. */
static size_t tensor_index(const struct net *net, const struct tensor *tensor, int row,
                           int column) {
  if (tensor->inputs && tensor->layer > 0) {
    const struct layer *front = &net->layer[tensor->layer - 1];
    row = row % front->units * front->positions + row / front->units;
  }
  return (size_t)column * (size_t)tensor->rows + (size_t)row;
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
  return json_pack("{ss,ss,ss,so,ss,so,so,so,so,ss,so,so,ss,ss,ss,ss}", "engram_version",
                   ENGRAM_VERSION, "net", net->name, "net_hash", hash, "random_scheme",
                   text_of_number(NET_RANDOM_SCHEME), "random_state", random, "steps",
                   text_of_number(state->steps), "rate", text_of_number((uint64_t)state->rate),
                   "freeze", text_of_number(state->freeze), "seed",
                   text_of_number(checkpoint->place.seed), "data_hash", data, "epoch",
                   text_of_number(checkpoint->place.epoch), "position",
                   text_of_number(checkpoint->place.position), "class_names",
                   checkpoint->origin.class_names, "view", checkpoint->origin.view, "channel",
                   checkpoint->origin.channel, "how", checkpoint->origin.how);
}

static void write_tensor(FILE *file, const struct net *net, const struct tensor *tensor,
                         const struct weights *weights) {
  const int32_t *weight = weights_of(weights, tensor);
  const float *real = weights_real(weights, tensor);
  size_t count = net_tensor_size(tensor), i = 0;
  uint8_t *bytes = memory_new(count, 4);
  for (int row = 0; row < tensor->rows; row++)
    for (int column = 0; column < tensor->columns; column++, i++)
      put_float(bytes + 4 * tensor_index(net, tensor, row, column),
                real ? real[i] : ldexpf((float)weight[i], -tensor->format.frac));
  fwrite(bytes, 4, count, file); /* output_commit notices a failure */
  free(bytes);
}

int checkpoint_write(FILE *file, const struct net *net, const struct checkpoint *checkpoint,
                     struct error *err) {
  json_t *header = json_pack("{so}", "__metadata__", metadata_of(net, checkpoint));
  size_t offset = 0;
  for (int i = 0; i < net->tensor_count; i++) {
    struct safetensor tensor = file_tensor(net, &net->tensor[i]);
    offset = safetensors_add(header, &tensor, offset);
  }
  if (safetensors_write_header(file, header) != 0)
    return error_set(err, "checkpoint: the header cannot be made: memory exhausted");
  for (int i = 0; i < net->tensor_count; i++)
    write_tensor(file, net, &net->tensor[i], &checkpoint->weights);
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

/* ---- reading: the metadata ---- */

struct reader {
  const char *path;
  const struct net *net;
  bool weights_alone; /* of any formats */
  struct error *err;
};

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

/* Files from before 0.11.0 say nothing of their random bits: scheme 1. */
static int check_scheme(const struct reader *r, const json_t *metadata, const char *version,
                        const char *name) {
  uint64_t scheme = 1;
  if (json_object_get(metadata, "random_scheme") &&
      metadata_number(r, metadata, "random_scheme", UINT32_MAX, &scheme) != 0)
    return -1;
  if (scheme == NET_RANDOM_SCHEME)
    return 0;
  return error_set(r->err,
                   "%s: random_scheme: found %" PRIu64
                   " (engram %.40s, network '%.40s'), allowed %d "
                   "(engram " ENGRAM_VERSION ", network '%s'): `engram import --from` takes its "
                   "weights",
                   r->path, scheme, version, name, NET_RANDOM_SCHEME, r->net->name);
}

static int check_hash(const struct reader *r, const json_t *metadata) {
  uint64_t hash;
  const char *name = metadata_text(r, metadata, "net");
  const char *version = name ? metadata_text(r, metadata, "engram_version") : NULL;
  if (!version || metadata_hex(r, metadata, "net_hash", 16, &hash) != 0 ||
      check_scheme(r, metadata, version, name) != 0)
    return -1;
  if (hash == r->net->net_hash)
    return 0;
  return error_set(r->err,
                   "%s: net_hash: found %016" PRIx64 " (network '%.40s'), allowed %016" PRIx64
                   " (network '%s'): formats or rounding differ; `engram import --from` takes its "
                   "weights",
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
  return r->weights_alone ? read_origin(r, metadata, result) : read_state(r, metadata, result);
}

/* ---- reading: the weights ---- */

/* Nearest integer (half up) of the tensor's grid, saturated. */
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

static int read_weights(const struct reader *r, const struct tensor *tensor, const uint8_t *bytes,
                        const struct safetensor *in_file, struct weights *weights,
                        size_t *inexact) {
  int32_t *weight = weights_of(weights, tensor);
  float *real = weights_real(weights, tensor);
  for (int row = 0; row < tensor->rows; row++)
    for (int column = 0; column < tensor->columns; column++) {
      size_t index = tensor_index(r->net, tensor, row, column);
      double value = dtype_value(in_file->type, bytes + (size_t)in_file->type->bytes * index);
      if (!(fabs(value) <= (double)FLT_MAX))
        return error_set(r->err,
                         "%s: %s: found %g at element %zu, allowed finite numbers that float32 has",
                         r->path, in_file->name, value, index);
      bool exact;
      *weight++ = weight_of(value, &tensor->format, &exact);
      *real++ = (float)value;
      *inexact += !exact;
    }
  return 0;
}

/* A layer that is described without biases has none: one that is there must be nothing but zeros.
 */
static int check_bias(const struct reader *r, const uint8_t *bytes, const struct safetensor *bias) {
  for (int i = 0; i < bias->dimension[0]; i++) {
    double value = dtype_value(bias->type, bytes + bias->type->bytes * i);
    if (value != 0)
      return error_set(
          r->err,
          "%s: %s: found %g at element %d, allowed 0: the layer has no biases (describe "
          "it with bias: true, or train the model with bias=False)",
          r->path, bias->name, value, i);
  }
  return 0;
}

/* ---- reading: the file ---- */

static bool is_stated(const struct safetensor *tensors, int count, const char *name) {
  for (int i = 0; i < count; i++)
    if (strcmp(tensors[i].name, name) == 0)
      return true;
  return false;
}

/* Every tensor of the net, then the biases that the file has beside them. Returns how many. */
static int expected_tensors(const struct reader *r, const json_t *header,
                            struct safetensor tensors[FILE_TENSORS_MAX]) {
  int needed = r->net->tensor_count, count = needed;
  for (int i = 0; i < needed; i++)
    tensors[i] = file_tensor(r->net, &r->net->tensor[i]);
  for (int l = 0; l < r->net->layer_count; l++) {
    struct safetensor *bias = &tensors[count];
    *bias = (struct safetensor){.dimension_count = 1, .dimension = {r->net->layer[l].units}};
    snprintf(bias->name, sizeof bias->name, "%s.bias", r->net->layer[l].name);
    count += !is_stated(tensors, needed, bias->name) && json_object_get(header, bias->name);
  }
  return count;
}

/* Everything of the file, into `result` whose weights are new. */
static int read_file(const struct reader *r, const uint8_t *bytes, size_t size,
                     struct checkpoint *result, size_t *inexact) {
  char owner[NET_NAME_MAX + sizeof "network ''"];
  snprintf(owner, sizeof owner, "network '%s'", r->net->name);
  const struct safetensors file = {r->path, owner, bytes, size};
  struct safetensor tensors[FILE_TENSORS_MAX];
  size_t data;
  json_t *header = safetensors_header(&file, &data, r->err);
  if (!header)
    return -1;
  int needed = r->net->tensor_count, count = expected_tensors(r, header, tensors);
  int status = safetensors_find(&file, header, data, tensors, needed, count, r->err);
  if (status == 0)
    status = read_metadata(r, header, result);
  json_decref(header);
  weights_add_real(&result->weights);
  for (int i = 0; i < needed && status == 0; i++)
    status = read_weights(r, &r->net->tensor[i], bytes + data + tensors[i].begin, &tensors[i],
                          &result->weights, inexact);
  for (int i = needed; i < count && status == 0; i++)
    status = check_bias(r, bytes + data + tensors[i].begin, &tensors[i]);
  if (*inexact == 0)
    weights_drop_real(&result->weights);
  return status;
}

static int load(const char *path, const struct net *net, bool weights_alone,
                struct checkpoint *checkpoint, size_t *inexact, struct error *err) {
  const struct reader reader = {path, net, weights_alone, err};
  size_t size, count = 0;
  size_t biases = (size_t)NET_LAYERS_MAX * NET_UNITS_MAX;
  size_t limit = (size_t)SAFETENSORS_LENGTH_BYTES + SAFETENSORS_HEADER_BYTES_MAX +
                 NUMBER_BYTES_MAX * (net->weight_count + biases);
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

int checkpoint_load(const char *path, const struct net *net, struct checkpoint *checkpoint,
                    size_t *inexact, struct error *err) {
  return load(path, net, false, checkpoint, inexact, err);
}

int checkpoint_load_weights(const char *path, const struct net *net, struct checkpoint *checkpoint,
                            size_t *inexact, struct error *err) {
  return load(path, net, true, checkpoint, inexact, err);
}
