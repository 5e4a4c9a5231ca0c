/* test_checkpoint.c : weights and state survive the file bit for bit, PyTorch's order is right,
 * damage is refused.
 * SPDX-License-Identifier: MIT
 *
 * Runs in the repository's root: reads nets/.
 */
#include "base/file.h"
#include "model/checkpoint.h"
#include "model/dtype.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>

static int setup(void **state) {
  *state = scratch_make();
  return *state ? 0 : -1;
}

static int teardown(void **state) {
  return scratch_remove(*state);
}

static struct net load_net(const char *path) {
  struct net net;
  struct error err = {0};
  net_load(&net, path, NULL, 0, &err);
  assert_string_equal(err.message, "");
  return net;
}

/* The tiny net with words of `bits` bits. */
static struct net net_of_bits(int bits) {
  struct net net = load_net("nets/tiny.yaml");
  struct error err = {0};
  for (int l = 0; l < net.layer_count; l++) {
    int frac = l == 1 ? bits : bits - 1;
    net.layer[l].word = (struct format){bits, frac < 20 ? frac : 20};
    net.layer[l].activation.frac = 8;
    net.layer[l].init = -2;
  }
  net_derive(&net, &err);
  assert_string_equal(err.message, "");
  return net;
}

static struct checkpoint checkpoint_new(const struct net *net) {
  struct checkpoint checkpoint = {.state = {{1, 0}, 0, 0, 0}};
  weights_new(&checkpoint.weights, net);
  return checkpoint;
}

/* Any weights; the first two of each layer are the extremes. */
static struct checkpoint checkpoint_random(const struct net *net, uint64_t *random) {
  struct checkpoint checkpoint = checkpoint_new(net);
  for (int l = 0; l < net->layer_count; l++) {
    int bits = net->layer[l].word.bits;
    int32_t most = 1 << (bits - 1);
    for (size_t i = 0; i < checkpoint.weights.count[l]; i++)
      checkpoint.weights.layer[l][i] = (int32_t)(scratch_random(random) >> (64 - bits)) - most;
    checkpoint.weights.layer[l][0] = -most;
    checkpoint.weights.layer[l][1] = most - 1;
  }
  return checkpoint;
}

static void assert_same_weights(const struct weights *a, const struct weights *b) {
  assert_int_equal(a->layer_count, b->layer_count);
  for (int l = 0; l < a->layer_count; l++) {
    assert_int_equal(a->count[l], b->count[l]);
    assert_memory_equal(a->layer[l], b->layer[l], a->count[l] * sizeof *a->layer[l]);
  }
}

static void assert_same_state(const struct checkpoint *a, const struct checkpoint *b) {
  assert_true(a->state.random.low == b->state.random.low);
  assert_true(a->state.random.high == b->state.random.high);
  assert_true(a->state.steps == b->state.steps);
  assert_int_equal(a->state.rate, b->state.rate);
  assert_true(a->state.freeze == b->state.freeze);
  assert_true(a->place.seed == b->place.seed);
  assert_true(a->place.data == b->place.data);
  assert_true(a->place.epoch == b->place.epoch);
  assert_true(a->place.position == b->place.position);
  assert_string_equal(a->origin.class_names, b->origin.class_names);
  assert_string_equal(a->origin.view, b->origin.view);
  assert_string_equal(a->origin.channel, b->origin.channel);
}

static void save(const char *path, const struct net *net, const struct checkpoint *checkpoint) {
  struct error err = {0};
  checkpoint_save(path, net, checkpoint, &err);
  assert_string_equal(err.message, "");
}

/* ---- round trip ---- */

static void round_trip(const char *folder, const struct net *net, uint64_t *random) {
  char *path = path_join(folder, "weights.safetensors");
  struct checkpoint out = checkpoint_random(net, random), in = checkpoint_new(net);
  out.state = (struct device_state){{UINT64_MAX, UINT64_MAX >> 1}, UINT32_MAX, NET_RATE_MAX, 7};
  out.place = (struct place){UINT64_MAX, UINT64_MAX - 2, UINT32_MAX, UINT32_MAX - 1};
  memset(out.origin.class_names, 'x', sizeof out.origin.class_names - 1);
  memset(out.origin.view, 'v', sizeof out.origin.view - 1);
  save(path, net, &out);
  struct error err = {0};
  size_t inexact = 99;
  checkpoint_load(path, net, &in, &inexact, &err);
  assert_string_equal(err.message, "");
  assert_int_equal(inexact, 0);
  assert_same_weights(&out.weights, &in.weights);
  assert_same_state(&out, &in);
  weights_free(&out.weights);
  weights_free(&in.weights);
  free(path);
}

static void test_round_trip(void **state) {
  uint64_t random = scratch_seed() | 1;
  const char *const files[] = {"nets/paper.yaml", "nets/paper8.yaml", "nets/tiny.yaml",
                               "nets/tiny8.yaml"};
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    struct net net = load_net(files[i]);
    round_trip(*state, &net, &random);
  }
}

/* Every weight there is of 4 to 16 bits, and the ends of every width. */
static void test_every_weight(void **state) {
  uint64_t random = scratch_seed() | 1;
  char *path = path_join(*state, "all");
  for (int bits = 4; bits <= 24; bits++) {
    struct net net = net_of_bits(bits);
    round_trip(*state, &net, &random);
    struct checkpoint out = checkpoint_new(&net), in = checkpoint_new(&net);
    int32_t most = 1 << (bits - 1), weight = -most;
    size_t count = out.weights.count[1];
    for (long next = -most; next < most && bits <= 16; next += (long)count) {
      for (size_t i = 0; i < count; i++, weight = weight == most - 1 ? -most : weight + 1)
        out.weights.layer[1][i] = weight;
      struct error err = {0};
      size_t inexact;
      save(path, &net, &out);
      assert_int_equal(checkpoint_load(path, &net, &in, &inexact, &err), 0);
      assert_same_weights(&out.weights, &in.weights);
    }
    weights_free(&out.weights);
    weights_free(&in.weights);
  }
  free(path);
}

/* ---- the file as others see it ---- */

struct parsed {
  uint8_t *bytes;
  size_t size, header_bytes;
  json_t *header;
};

/* Reads a safetensors file with nothing of Engram's but file_read. */
static struct parsed parse(const char *path) {
  struct error err = {0};
  struct parsed file;
  file.bytes = file_read(path, 10000000, &file.size, &err);
  assert_non_null(file.bytes);
  uint64_t length;
  memcpy(&length, file.bytes, 8); /* the tests' machines are little endian */
  file.header_bytes = (size_t)length;
  file.header = json_loadb((const char *)file.bytes + 8, file.header_bytes, 0, NULL);
  assert_non_null(file.header);
  return file;
}

static void parsed_free(struct parsed *file) {
  json_decref(file->header);
  free(file->bytes);
}

/* The floats of a tensor, whose shape must be as given (0 ends it). */
static const uint8_t *tensor_at(const struct parsed *file, const char *name, const int *shape) {
  const json_t *entry = json_object_get(file->header, name);
  assert_non_null(entry);
  assert_string_equal(json_string_value(json_object_get(entry, "dtype")), "F32");
  const json_t *found = json_object_get(entry, "shape");
  size_t count = 1, dimensions = 0;
  for (; shape[dimensions]; dimensions++) {
    assert_int_equal(json_integer_value(json_array_get(found, dimensions)), shape[dimensions]);
    count *= (size_t)shape[dimensions];
  }
  assert_int_equal(json_array_size(found), dimensions);
  const json_t *offsets = json_object_get(entry, "data_offsets");
  size_t begin = (size_t)json_integer_value(json_array_get(offsets, 0));
  size_t end = (size_t)json_integer_value(json_array_get(offsets, 1));
  assert_int_equal(end - begin, 4 * count);
  assert_true(8 + file->header_bytes + end <= file->size);
  return file->bytes + 8 + file->header_bytes + begin;
}

static double float_at(const uint8_t *floats, size_t index) {
  float value;
  memcpy(&value, floats + 4 * index, 4);
  return (double)value;
}

/* A layer with a second tensor, as a kind would state it: what is saved comes back, and others see
 * both, each in its format; only a bias that no kind states has to be 0. */
static void test_several_tensors(void **state) {
  uint64_t random = scratch_seed() | 1;
  struct net net = load_net("nets/tiny8.yaml");
  int l = net.layer_count - 1, units = net.layer[l].units;
  struct tensor bias = {.name = "bias",
                        .rows = 1,
                        .columns = units,
                        .format = {net.layer[l].weight.bits + 2, 3},
                        .dimension_count = 1,
                        .dimension = {units},
                        .layer = l,
                        .first = net.layer[l].weight_count};
  net.tensor[net.tensor_count++] = bias;
  net.layer[l].tensor_count++;
  net.layer[l].weight_count += (size_t)units;
  net.weight_count += (size_t)units;
  round_trip(*state, &net, &random);

  char *path = path_join(*state, "two");
  struct checkpoint checkpoint = checkpoint_random(&net, &random);
  weights_of(&checkpoint.weights, &bias)[1] = -5;
  save(path, &net, &checkpoint);
  struct parsed file = parse(path);
  assert_int_equal(file.size, 8 + file.header_bytes + 4 * net.weight_count);
  assert_true(float_at(tensor_at(&file, "output.bias", (const int[]){units, 0}), 1) == -5 / 8.0);
  parsed_free(&file);
  weights_free(&checkpoint.weights);
  free(path);
}

/* Every element of a net with no two sizes alike, at PyTorch's index: nested loops over PyTorch's
 * dimensions. */
static void test_pytorch_order(void **state) {
  uint64_t random = scratch_seed() | 1;
  struct net net = load_net("nets/tiny8.yaml");
  char *path = path_join(*state, "weights.safetensors");
  struct checkpoint checkpoint = checkpoint_random(&net, &random);
  save(path, &net, &checkpoint);
  struct parsed file = parse(path);
  enum { FILTERS = 3, KERNEL_H = 2, KERNEL_W = 3, OUT_H = 6, OUT_W = 7, UNITS = 8, CLASSES = 2 };
  const int conv_shape[] = {FILTERS, 1, KERNEL_H, KERNEL_W, 0};
  const int dense_shape[] = {UNITS, FILTERS * OUT_H * OUT_W, 0},
            output_shape[] = {CLASSES, UNITS, 0};
  const uint8_t *conv = tensor_at(&file, "conv.weight", conv_shape);
  const uint8_t *dense = tensor_at(&file, "dense1.weight", dense_shape);
  const uint8_t *output = tensor_at(&file, "output.weight", output_shape);
  const int32_t *const *weights = (const int32_t *const *)checkpoint.weights.layer;

  size_t index = 0;
  for (int f = 0; f < FILTERS; f++)
    for (int i = 0; i < KERNEL_H; i++)
      for (int j = 0; j < KERNEL_W; j++, index++)
        assert_true(ldexp(float_at(conv, index), net.layer[0].weight.frac) ==
                    weights[0][(KERNEL_W * i + j) * FILTERS + f]);
  index = 0;
  for (int u = 0; u < UNITS; u++)
    for (int f = 0; f < FILTERS; f++) /* what torch.flatten makes of [filters][height][width] */
      for (int y = 0; y < OUT_H; y++)
        for (int x = 0; x < OUT_W; x++, index++)
          assert_true(ldexp(float_at(dense, index), net.layer[1].weight.frac) ==
                      weights[1][(FILTERS * (OUT_W * y + x) + f) * UNITS + u]);
  index = 0;
  for (int c = 0; c < CLASSES; c++)
    for (int u = 0; u < UNITS; u++, index++)
      assert_true(ldexp(float_at(output, index), net.layer[2].weight.frac) ==
                  weights[2][u * CLASSES + c]);
  parsed_free(&file);
  weights_free(&checkpoint.weights);
  free(path);
}

static void test_header(void **state) {
  struct net net = load_net("nets/tiny.yaml");
  char *path = path_join(*state, "weights.safetensors");
  struct checkpoint checkpoint = checkpoint_new(&net);
  checkpoint.state = (struct device_state){{0x0123456789abcdef, 0x7edcba9876543210}, 12, 8, 5};
  checkpoint.place = (struct place){42, 0x89ab, 3, 17};
  snprintf(checkpoint.origin.class_names, sizeof checkpoint.origin.class_names, "a \"b\",\u00e9,c");
  snprintf(checkpoint.origin.view, sizeof checkpoint.origin.view, "modulation");
  snprintf(checkpoint.origin.channel, sizeof checkpoint.origin.channel, "1 2 3 4");
  snprintf(checkpoint.origin.how, sizeof checkpoint.origin.how, "balance");
  save(path, &net, &checkpoint);
  struct parsed file = parse(path);
  assert_int_equal(file.header_bytes % 8, 0);
  assert_int_equal(file.size, 8 + file.header_bytes + 4 * net.weight_count);
  assert_int_equal(json_object_size(file.header), 4);
  char hash[20];
  snprintf(hash, sizeof hash, "%016llx", (unsigned long long)net.net_hash);
  const char *const expected[][2] = {{"engram_version", ENGRAM_VERSION},
                                     {"net", "tiny"},
                                     {"net_hash", hash},
                                     {"random_scheme", "2"},
                                     {"random_state", "7edcba98765432100123456789abcdef"},
                                     {"steps", "12"},
                                     {"rate", "8"},
                                     {"freeze", "5"},
                                     {"seed", "42"},
                                     {"epoch", "3"},
                                     {"position", "17"},
                                     {"data_hash", "00000000000089ab"},
                                     {"class_names", "a \"b\",\u00e9,c"},
                                     {"view", "modulation"},
                                     {"channel", "1 2 3 4"},
                                     {"how", "balance"}};
  const json_t *metadata = json_object_get(file.header, "__metadata__");
  assert_int_equal(json_object_size(metadata), sizeof expected / sizeof expected[0]);
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
    assert_string_equal(json_string_value(json_object_get(metadata, expected[i][0])),
                        expected[i][1]);
  parsed_free(&file);
  weights_free(&checkpoint.weights);
  free(path);
}

static void test_save_refuses(void **state) {
  struct net net = load_net("nets/tiny.yaml");
  struct checkpoint checkpoint = checkpoint_new(&net);
  struct error device = {0}, folder = {0};
  assert_int_equal(checkpoint_save("/dev/full", &net, &checkpoint, &device), -1);
  assert_non_null(strstr(device.message, "/dev/full"));
  assert_int_equal(checkpoint_save(*state, &net, &checkpoint, &folder), -1);
  assert_non_null(strstr(folder.message, "is a folder"));
  weights_free(&checkpoint.weights);
}

/* ---- files from elsewhere ---- */

/* The tiny net's tensors: 18, 864 and 36 floats. */
enum {
  CONV_FLOATS = 18,
  DENSE_FLOATS = 864,
  OUTPUT_FLOATS = 36,
  FLOATS = 918,
  DATA_BYTES = 4 * FLOATS
};

#define CONV   "\"conv.weight\":{\"dtype\":\"F32\",\"shape\":[2,1,3,3],\"data_offsets\":[0,72]}"
#define DENSE  "\"dense1.weight\":{\"dtype\":\"F32\",\"shape\":[12,72],\"data_offsets\":[72,3528]}"
#define OUTPUT "\"output.weight\":{\"dtype\":\"F32\",\"shape\":[3,12],\"data_offsets\":[3528,3672]}"

static void write_file(const char *path, const char *header, const float *data, size_t data_bytes) {
  size_t length = strlen(header);
  uint8_t *bytes = calloc(8 + length + data_bytes, 1);
  uint64_t field = length;
  memcpy(bytes, &field, 8);
  memcpy(bytes + 8, header, length);
  memcpy(bytes + 8 + length, data, data_bytes);
  assert_int_equal(scratch_write(path, bytes, 8 + length + data_bytes), 0);
  free(bytes);
}

/* PyTorch's file without Engram's metadata: rounded, saturated, counted; the state stays. */
static void test_from_pytorch(void **state) {
  struct net net = load_net("nets/tiny.yaml");
  char *path = path_join(*state, "torch.safetensors");
  float data[FLOATS] = {0};
  data[0] = 0.5f;                       /* conv, 14 fraction bits */
  data[1] = 1.5f / 16384;               /* half up: 2 */
  data[2] = -1.5f / 16384;              /* half up: -1 */
  data[3] = 1.4f / 16384;               /* 1 */
  data[4] = 100;                        /* 32767 */
  data[5] = -100;                       /* -32768 */
  data[6] = -2;                         /* -32768, exactly */
  data[7] = 3e38f;                      /* 32767 */
  data[8] = 1e-40f;                     /* 0 */
  data[CONV_FLOATS + 1] = 1.0f / 65536; /* dense, 16 fraction bits; filter 0, position 1: row 2 */
  write_file(path,
             "{\"__metadata__\":{\"format\":\"pt\",\"epoch\":\"x\"}," DENSE "," OUTPUT "," CONV
             "}  ",
             data, DATA_BYTES);
  struct checkpoint checkpoint = checkpoint_new(&net);
  checkpoint.state = (struct device_state){{77, 1}, 5, 6, 1};
  checkpoint.place = (struct place){9, 6, 8, 7};
  snprintf(checkpoint.origin.class_names, sizeof checkpoint.origin.class_names, "a,b,c");
  struct checkpoint before = checkpoint;
  struct error err = {0};
  size_t inexact = 0;
  checkpoint_load(path, &net, &checkpoint, &inexact, &err);
  assert_string_equal(err.message, "");
  assert_same_state(&checkpoint, &before);
  const int32_t expected[] = {8192, 2, -1, 1, 32767, -32768, -32768, 32767, 0};
  for (int tap = 0; tap < 9; tap++)
    assert_int_equal(checkpoint.weights.layer[0][2 * tap], expected[tap]);
  assert_int_equal(checkpoint.weights.layer[1][2 * 12], 1);
  assert_int_equal(inexact, 7);
  for (int tap = 0; tap < 9; tap++)
    assert_true(checkpoint.weights.real[0][2 * tap] == data[tap]);
  assert_true(checkpoint.weights.real[1][2 * 12] == data[CONV_FLOATS + 1]);
  weights_free(&checkpoint.weights);
  free(path);
}

/* Loads what must be refused for `reason` and leaves the checkpoint. */
static void assert_refused(const char *path, const struct net *net, const char *reason);

/* A bias of zeros is taken, any other is not. */
static void test_biases(void **state) {
  enum { BIAS_FLOATS = 3 + 12 };
  struct net net = load_net("nets/tiny.yaml");
  char *path = path_join(*state, "torch.safetensors");
  static float data[FLOATS + BIAS_FLOATS];
  const char *header =
      "{" CONV "," DENSE "," OUTPUT
      ",\"output.bias\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[3672,3684]}"
      ",\"dense1.bias\":{\"dtype\":\"F32\",\"shape\":[12],\"data_offsets\":[3684,3732]}}";
  struct checkpoint checkpoint = checkpoint_new(&net);
  struct error err = {0};
  size_t inexact = 1;
  data[0] = 0.5f;
  data[FLOATS] = -0.0f;
  write_file(path, header, data, sizeof data);
  assert_int_equal(checkpoint_load(path, &net, &checkpoint, &inexact, &err), 0);
  assert_int_equal(inexact, 0);
  assert_int_equal(checkpoint.weights.layer[0][0], 8192);
  assert_null(checkpoint.weights.real[0]);
  for (int i = FLOATS; i < FLOATS + BIAS_FLOATS; i++) {
    char expected[64];
    float before = data[i];
    data[i] = 0.25f;
    write_file(path, header, data, sizeof data);
    snprintf(expected, sizeof expected, "%s.bias: found 0.25 at element %d, allowed 0",
             i < FLOATS + 3 ? "output" : "dense1", i < FLOATS + 3 ? i - FLOATS : i - FLOATS - 3);
    assert_refused(path, &net, expected);
    data[i] = before;
  }
  weights_free(&checkpoint.weights);
  free(path);
}

/* ---- types of numbers ---- */

/* A number in each type, byte by byte; NULL: the type does not have it. */
static const struct {
  double value;
  const char *f16, *bf16, *f32, *f64;
} numbers[] = {
    {1, "\x00\x3c", "\x80\x3f", "\x00\x00\x80\x3f", "\x00\x00\x00\x00\x00\x00\xf0\x3f"},
    {-2, "\x00\xc0", "\x00\xc0", "\x00\x00\x00\xc0", "\x00\x00\x00\x00\x00\x00\x00\xc0"},
    {0.15625, "\x00\x31", "\x20\x3e", "\x00\x00\x20\x3e", "\x00\x00\x00\x00\x00\x00\xc4\x3f"},
    {0x1p-14, "\x00\x04", "\x80\x38", "\x00\x00\x80\x38", "\x00\x00\x00\x00\x00\x00\x10\x3f"},
    {0x3p-24, "\x03\x00", "\x40\x34", "\x00\x00\x40\x34", "\x00\x00\x00\x00\x00\x00\x88\x3e"},
    {65504, "\xff\x7b", NULL, "\x00\xe0\x7f\x47", "\x00\x00\x00\x00\x00\xfc\xef\x40"},
    {-0x1p-149, NULL, NULL, "\x01\x00\x00\x80", "\x00\x00\x00\x00\x00\x00\xa0\xb6"},
    {0.1, NULL, NULL, NULL, "\x9a\x99\x99\x99\x99\x99\xb9\x3f"},
    {0x1p-1074, NULL, NULL, NULL, "\x01\x00\x00\x00\x00\x00\x00\x00"},
    {INFINITY, "\x00\x7c", "\x80\x7f", "\x00\x00\x80\x7f", "\x00\x00\x00\x00\x00\x00\xf0\x7f"},
};

static void test_numbers(void **state) {
  (void)state;
  static const char *const names[] = {"F16", "BF16", "F32", "F64"};
  static const int bytes[] = {2, 2, 4, 8};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    const char *const all[] = {numbers[i].f16, numbers[i].bf16, numbers[i].f32, numbers[i].f64};
    for (int t = 0; t < 4; t++) {
      const struct dtype *type = dtype_find(names[t]);
      assert_int_equal(type->bytes, bytes[t]);
      if (all[t])
        assert_true(dtype_value(type, (const uint8_t *)all[t]) == numbers[i].value);
    }
  }
  assert_true(isnan(dtype_value(dtype_find("F16"), (const uint8_t *)"\x01\x7c")));
  assert_null(dtype_find("I8"));
  assert_null(dtype_find(NULL));
}

/* Weights in other types than F32, mixed; metadata of null is none. A number of F64 goes to the
 * nearest of the grid by itself: as float32 it would be half of a step, and go up. */
static void test_types(void **state) {
  enum { CONV_AT = 0, DENSE_AT = 18 * 2, OUTPUT_AT = DENSE_AT + 864 * 8, END = OUTPUT_AT + 36 * 2 };
  struct net net = load_net("nets/tiny.yaml");
  char *path = path_join(*state, "types.safetensors");
  static uint8_t data[END];
  const double below_half = 1.5 / 65536 - 0x1p-50;
  memcpy(data + CONV_AT, "\x00\x38", 2);                  /* F16: 0.5 */
  memcpy(data + CONV_AT + 2, "\x66\x2e", 2);              /* 0.0999755859375 = 1638.0 / 16384 */
  memcpy(data + CONV_AT + 4, "\x01\x00", 2);              /* 2^-24: not on the grid */
  memcpy(data + DENSE_AT, &below_half, 8);                /* F64: 1, not 2 */
  memcpy(data + DENSE_AT + 8, "\0\0\0\0\0\0\xd0\x3f", 8); /* 0.25 */
  memcpy(data + OUTPUT_AT, "\x80\xbe", 2);                /* BF16: -0.25 */
  write_file(
      path,
      "{\"__metadata__\":null,"
      "\"conv.weight\":{\"dtype\":\"F16\",\"shape\":[2,1,3,3],\"data_offsets\":[0,36]},"
      "\"dense1.weight\":{\"dtype\":\"F64\",\"shape\":[12,72],\"data_offsets\":[36,6948]},"
      "\"output.weight\":{\"dtype\":\"BF16\",\"shape\":[3,12],\"data_offsets\":[6948,7020]}}",
      (const float *)(const void *)data, END);
  struct checkpoint checkpoint = checkpoint_new(&net);
  struct error err = {0};
  size_t inexact = 0;
  checkpoint_load(path, &net, &checkpoint, &inexact, &err);
  assert_string_equal(err.message, "");
  const struct weights *weights = &checkpoint.weights;
  assert_int_equal(weights->layer[0][0], 8192);
  assert_int_equal(weights->layer[0][2], 1638);
  assert_int_equal(weights->layer[0][4], 0);
  assert_int_equal(weights->layer[1][0], 1);
  assert_int_equal(weights->layer[1][2 * 12], 16384);
  assert_true(weights->real[2][0] == -0.25f);
  assert_int_equal(inexact, 2);
  const double beyond = 1e39;
  memcpy(data + DENSE_AT, &beyond, 8);
  write_file(
      path,
      "{\"conv.weight\":{\"dtype\":\"F16\",\"shape\":[2,1,3,3],\"data_offsets\":[0,36]},"
      "\"dense1.weight\":{\"dtype\":\"F64\",\"shape\":[12,72],\"data_offsets\":[36,6948]},"
      "\"output.weight\":{\"dtype\":\"BF16\",\"shape\":[3,12],\"data_offsets\":[6948,7020]}}",
      (const float *)(const void *)data, END);
  assert_refused(path, &net, "dense1.weight: found 1e+39 at element 0, allowed finite numbers");
  weights_free(&checkpoint.weights);
  free(path);
}

static const struct {
  const char *header, *message;
} bad_headers[] = {
    {"", "found a header of 0 bytes in a file of 3680, allowed safetensors: 2..100000000 bytes and "
         "within the "
         "file"},
    {"{x", "header: found string or '}' expected near 'x' at byte 10, allowed JSON"},
    {"[]", "header: found another value, allowed a JSON object"},
    {"{}x", "header: found end of file expected"},
    {"{" CONV "," CONV "," DENSE "," OUTPUT "}", "header: found duplicate object key"},
    {"{" CONV "," DENSE "}", "found no tensor 'output.weight', which network 'tiny' has"},
    {"{" CONV "," DENSE "," OUTPUT ",\"output.scale\":{}}",
     "found the tensor 'output.scale', which network 'tiny' does not have"},
    {"{" CONV "," DENSE "," OUTPUT ",\"output.bias\":{}}",
     "output.bias: found dtype none, allowed F16, BF16, F32 or F64"},
    {"{" CONV "," DENSE "," OUTPUT
     ",\"conv.bias\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[3672,3684]}}",
     "conv.bias: found shape [3], allowed [2]"},
    {"{\"conv.weight\":3," DENSE "," OUTPUT "}",
     "conv.weight: found dtype none, allowed F16, BF16, F32 or F64"},
    {"{\"conv.weight\":{\"dtype\":\"I16\",\"shape\":[2,1,3,3],\"data_offsets\":[0,36]}," DENSE
     "," OUTPUT "}",
     "conv.weight: found dtype I16, allowed F16, BF16, F32 or F64"},
    {"{\"conv.weight\":{\"dtype\":\"F16\",\"shape\":[2,1,3,3],\"data_offsets\":[0,72]}," DENSE
     "," OUTPUT "}",
     "conv.weight: found data_offsets 0..72, allowed 36 bytes within the file's 3672"},
    {"{\"conv.weight\":{\"dtype\":\"F32\",\"shape\":[3,1,3,2],\"data_offsets\":[0,72]}," DENSE
     "," OUTPUT "}",
     "conv.weight: found shape [3, 1, 3, 2], allowed [2, 1, 3, 3]"},
    {"{\"conv.weight\":{\"dtype\":\"F32\",\"shape\":[2,9],\"data_offsets\":[0,72]}," DENSE
     "," OUTPUT "}",
     "conv.weight: found shape [2, 9], allowed [2, 1, 3, 3]"},
    {"{\"conv.weight\":{\"dtype\":\"F32\",\"shape\":[2,1,3,3.0],\"data_offsets\":[0,72]}," DENSE
     "," OUTPUT "}",
     "conv.weight: found shape [2, 1, 3, 3.0], allowed [2, 1, 3, 3]"},
    {"{\"conv.weight\":{\"dtype\":\"F32\",\"shape\":[2,1,3,3],\"data_offsets\":[0,76]}," DENSE
     "," OUTPUT "}",
     "conv.weight: found data_offsets 0..76, allowed 72 bytes within the file's 3672"},
    {"{\"conv.weight\":{\"dtype\":\"F32\",\"shape\":[2,1,3,3],\"data_offsets\":[-72,0]}," DENSE
     "," OUTPUT "}",
     "conv.weight: found data_offsets -72..0, allowed 72 bytes within the file's 3672"},
    {"{\"conv.weight\":{\"dtype\":\"F32\",\"shape\":[2,1,3,3],\"data_offsets\":[72,0]}," DENSE
     "," OUTPUT "}",
     "conv.weight: found data_offsets 72..0, allowed 72 bytes within the file's 3672"},
    {"{\"conv.weight\":{\"dtype\":\"F32\",\"shape\":[2,1,3,3],\"data_offsets\":[3604,3676]}," DENSE
     "," OUTPUT "}",
     "conv.weight: found data_offsets 3604..3676, allowed 72 bytes within the file's 3672"},
    {"{\"conv.weight\":{\"dtype\":\"F32\",\"shape\":[2,1,3,3],"
     "\"data_offsets\":[9223372036854775735,9223372036854775807]}," DENSE "," OUTPUT "}",
     "conv.weight: found data_offsets 9223372036854775735..9223372036854775807, allowed 72 bytes "
     "within the "
     "file's 3672"},
    {"{\"conv.weight\":{\"dtype\":\"F32\",\"shape\":[2,1,3,3],\"data_offsets\":[0]}," DENSE
     "," OUTPUT "}",
     "conv.weight: found another entry, allowed dtype, shape and two data_offsets"},
    {"{\"conv.weight\":{\"dtype\":\"F32\",\"shape\":[2,1,3,3],\"data_offsets\":[0,72],\"x\":1}"
     "," DENSE "," OUTPUT "}",
     "conv.weight: found another entry, allowed dtype, shape and two data_offsets"},
    {"{\"conv.weight\":{\"dtype\":\"F32\",\"shape\":[2,1,3,3],\"data_offsets\":[4,76]}," DENSE
     "," OUTPUT "}",
     "found conv.weight and dense1.weight in the same bytes, allowed apart"},
    {"{\"__metadata__\":[]," CONV "," DENSE "," OUTPUT "}",
     "__metadata__: found other values, allowed texts only"},
    {"{\"__metadata__\":{\"a\":1}," CONV "," DENSE "," OUTPUT "}",
     "__metadata__: found other values, allowed texts only"},
    {"{\"__metadata__\":{\"engram_version\":\"1\"}," CONV "," DENSE "," OUTPUT "}",
     "found no text 'net' in the metadata, which a checkpoint has"},
};

static void assert_refused(const char *path, const struct net *net, const char *reason) {
  uint64_t random = 1;
  struct checkpoint checkpoint = checkpoint_random(net, &random);
  random = 1;
  struct checkpoint before = checkpoint_random(net, &random);
  struct error err = {0};
  size_t inexact = 1234;
  assert_int_equal(checkpoint_load(path, net, &checkpoint, &inexact, &err), -1);
  assert_non_null(strstr(err.message, path));
  if (!strstr(err.message, reason))
    assert_string_equal(err.message, reason);
  assert_int_equal(inexact, 1234);
  assert_same_state(&checkpoint, &before);
  assert_same_weights(&checkpoint.weights, &before.weights);
  weights_free(&checkpoint.weights);
  weights_free(&before.weights);
}

static void test_bad_headers(void **state) {
  struct net net = load_net("nets/tiny.yaml");
  char *path = path_join(*state, "bad.safetensors");
  const float data[FLOATS] = {0};
  for (size_t i = 0; i < sizeof bad_headers / sizeof bad_headers[0]; i++) {
    write_file(path, bad_headers[i].header, data, DATA_BYTES);
    assert_refused(path, &net, bad_headers[i].message);
  }
  write_file(path, "{" CONV "," DENSE "," OUTPUT "}", data, DATA_BYTES - 1);
  assert_refused(path, &net,
                 "output.weight: found data_offsets 3528..3672, allowed 144 bytes within");
  const float more[FLOATS + 1] = {0};
  write_file(path, "{" CONV "," DENSE "," OUTPUT "}", more, DATA_BYTES + 4);
  assert_refused(path, &net, "found 3676 bytes of data, allowed the tensors' 3672");
  const float values[] = {NAN, INFINITY, -INFINITY};
  for (int i = 0; i < 3; i++) {
    float bad[FLOATS] = {0};
    bad[FLOATS - 1] = values[i];
    write_file(path, "{" CONV "," DENSE "," OUTPUT "}", bad, DATA_BYTES);
    assert_refused(path, &net, "output.weight: found ");
    assert_refused(path, &net, " at element 35, allowed finite numbers");
  }
  free(path);
}

/* Lengths of the header that lie outside the file or the limit. */
static void test_bad_lengths(void **state) {
  struct net net = load_net("nets/tiny.yaml");
  char *path = path_join(*state, "bad.safetensors");
  const uint64_t lengths[] = {UINT64_MAX, UINT64_MAX - 7, 100000001, 100000000, 17, 1, 0};
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    uint8_t bytes[24] = {0};
    memcpy(bytes, &lengths[i], 8);
    memset(bytes + 8, ' ', 16);
    assert_int_equal(scratch_write(path, bytes, sizeof bytes), 0);
    assert_refused(path, &net, "bytes in a file of 24, allowed safetensors");
  }
  for (size_t size = 0; size < 8; size++) {
    assert_int_equal(scratch_write(path, "\2\0\0\0\0\0\0\0", size), 0);
    assert_refused(path, &net, "allowed safetensors");
  }
  free(path);
}

/* The saved file with one metadata text exchanged (NULL: left out). */
static void write_changed(const char *path, const char *key, const char *text) {
  struct parsed file = parse(path);
  json_t *metadata = json_object_get(file.header, "__metadata__");
  assert_non_null(json_object_get(metadata, key));
  json_object_del(metadata, key);
  if (text)
    json_object_set_new(metadata, key, json_string(text));
  char *header = json_dumps(file.header, 0);
  float data[FLOATS];
  memcpy(data, file.bytes + 8 + file.header_bytes, DATA_BYTES);
  write_file(path, header, data, DATA_BYTES);
  free(header);
  parsed_free(&file);
}

static void test_bad_metadata(void **state) {
  static const struct {
    const char *key, *text, *message;
  } cases[] = {
      {"net_hash", "0000000000000000",
       "net_hash: found 0000000000000000 (network 'tiny'), allowed "},
      {"net_hash", "12", "net_hash: found '12', allowed 16 digits 0..9, a..f"},
      {"net_hash", NULL, "found no text 'net_hash'"},
      {"random_state", "00000000000000000000000000000000", "allowed 127 bits that are not all 0"},
      {"random_state", "80000000000000000000000000000001", "allowed 127 bits that are not all 0"},
      {"random_state", "0000000000000000000000000000000G", "allowed 32 digits 0..9, a..f"},
      {"random_state", "000000000000000000000000000000001", "allowed 32 digits 0..9, a..f"},
      {"random_state", NULL, "found no text 'random_state'"},
      {"random_scheme", NULL,
       "random_scheme: found 1 (engram " ENGRAM_VERSION ", network 'tiny'), allowed 2"},
      {"random_scheme", "1", "`engram import --from` takes its weights"},
      {"random_scheme", "3", "random_scheme: found 3"},
      {"random_scheme", "two", "random_scheme: found 'two', allowed a decimal number"},
      {"steps", "4294967296", "steps: found '4294967296', allowed a decimal number 0..4294967295"},
      {"steps", "", "steps: found '', allowed"},
      {"steps", "-1", "steps: found '-1', allowed"},
      {"steps", "01", "steps: found '01', allowed"},
      {"rate", "16", "rate: found '16', allowed a decimal number 0..15"},
      {"freeze", "8", "freeze: found '8', allowed a decimal number 0..7"},
      {"seed", "18446744073709551616", "seed: found '18446744073709551616', allowed"},
      {"seed", "99999999999999999999999", "seed: found '99999999999999999999999', allowed"},
      {"epoch", "1e3", "epoch: found '1e3', allowed"},
      {"position", " 1", "position: found ' 1', allowed"},
      {"position", NULL, "found no text 'position'"},
      {"data_hash", "89ab", "data_hash: found '89ab', allowed 16 digits 0..9, a..f"},
      {"net", NULL, "found no text 'net'"},
      {"engram_version", NULL, "found no text 'engram_version'"},
  };
  struct net net = load_net("nets/tiny.yaml");
  struct checkpoint checkpoint = checkpoint_new(&net);
  char *path = path_join(*state, "weights.safetensors");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    save(path, &net, &checkpoint);
    write_changed(path, cases[i].key, cases[i].text);
    assert_refused(path, &net, cases[i].message);
  }
  weights_free(&checkpoint.weights);
  free(path);
}

/* Another network's file: by its shapes, or by its hash when the shapes are the same. */
static void test_other_network(void **state) {
  struct net tiny = load_net("nets/tiny.yaml"), paper = load_net("nets/paper.yaml");
  struct net narrow = net_of_bits(12);
  struct checkpoint checkpoint = checkpoint_new(&tiny);
  char *path = path_join(*state, "weights.safetensors");
  save(path, &tiny, &checkpoint);
  assert_refused(path, &paper, "conv.weight: found shape [2, 1, 3, 3], allowed [3, 1, 4, 4]");
  assert_refused(path, &narrow, "net_hash: found ");
  char *missing = path_join(*state, "missing");
  assert_refused(missing, &tiny, "cannot read: No such file or directory");
  free(missing);
  weights_free(&checkpoint.weights);
  free(path);
}

/* Bits flipped, bytes exchanged and ends cut off: refused or loaded, never a crash, never half
 * loaded. */
static void test_damage(void **state) {
  uint64_t random = scratch_seed() | 1;
  struct net net = load_net("nets/tiny8.yaml");
  char *path = path_join(*state, "weights.safetensors");
  struct checkpoint original = checkpoint_random(&net, &random), checkpoint = checkpoint_new(&net);
  struct checkpoint zero = checkpoint_new(&net);
  save(path, &net, &original);
  struct parsed file = parse(path);
  int refused = 0, loaded = 0;
  for (int i = 0; i < 4000; i++) {
    uint8_t *bytes = malloc(file.size);
    memcpy(bytes, file.bytes, file.size);
    size_t size = i % 4 ? file.size : (size_t)(scratch_random(&random) % file.size);
    size_t reach = i % 2 ? file.header_bytes + 8 : file.size;
    for (int n = i % 3; n >= 0; n--)
      bytes[scratch_random(&random) % reach] ^= (uint8_t)(1u << (scratch_random(&random) % 8));
    assert_int_equal(scratch_write(path, bytes, size), 0);
    free(bytes);
    struct error err = {0};
    size_t inexact = 0;
    if (checkpoint_load(path, &net, &checkpoint, &inexact, &err) == 0) {
      loaded++;
      for (int l = 0; l < net.layer_count; l++)
        memset(checkpoint.weights.layer[l], 0, checkpoint.weights.count[l] * sizeof(int32_t));
      checkpoint.state = zero.state;
      checkpoint.place = zero.place;
      continue;
    }
    refused++;
    assert_true(err.message[0] != '\0');
    assert_same_weights(&checkpoint.weights, &zero.weights);
    assert_same_state(&checkpoint, &zero);
  }
  assert_true(refused > 1000);
  assert_true(loaded > 100);
  parsed_free(&file);
  weights_free(&original.weights);
  weights_free(&checkpoint.weights);
  weights_free(&zero.weights);
  free(path);
}

#define IN_FOLDER(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      IN_FOLDER(test_round_trip),    IN_FOLDER(test_several_tensors), IN_FOLDER(test_every_weight),
      IN_FOLDER(test_pytorch_order), IN_FOLDER(test_header),          IN_FOLDER(test_save_refuses),
      IN_FOLDER(test_from_pytorch),  IN_FOLDER(test_biases),          IN_FOLDER(test_bad_headers),
      IN_FOLDER(test_bad_lengths),   IN_FOLDER(test_bad_metadata),    IN_FOLDER(test_other_network),
      IN_FOLDER(test_damage),        cmocka_unit_test(test_numbers),  IN_FOLDER(test_types),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
