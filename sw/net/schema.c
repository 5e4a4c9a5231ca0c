/* schema.c : YAML files into C structs, from tables that say what is allowed.
 * SPDX-License-Identifier: MIT
 */
#include "net/schema.h"

#include "base/file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { FILE_BYTES_MAX = 65536, ALLOWED_CHARS = 400, FOUND_CHARS = 48 };

struct schema {
  char *path;
  yaml_document_t document;
};

/* Where a value is being read: passed down instead of five arguments. */
struct reader {
  const struct schema *doc;
  struct error *err;
};

static yaml_node_t *node_at(const struct schema *doc, int index) {
  return yaml_document_get_node((yaml_document_t *)&doc->document, index);
}

/* ---- what was found and what is allowed, in words ---- */

static void describe_found(char text[FOUND_CHARS], const yaml_node_t *node) {
  if (node->type != YAML_SCALAR_NODE) {
    snprintf(text, FOUND_CHARS, "%s", node->type == YAML_MAPPING_NODE ? "a mapping" : "a list");
    return;
  }
  if (node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && node->data.scalar.length == 0) {
    snprintf(text, FOUND_CHARS, "nothing");
    return;
  }
  bool plain = node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  snprintf(text, FOUND_CHARS, plain ? "%.40s" : "the text \"%.32s\"",
           (const char *)node->data.scalar.value);
  for (char *c = text; *c; c++)
    if (*c < ' ' || *c > '~')
      *c = '?';
}

static void append(char text[ALLOWED_CHARS], const char *more) {
  size_t length = strlen(text);
  snprintf(text + length, ALLOWED_CHARS - length, "%s%s", length ? ", " : "", more);
}

static void list_keys(char text[ALLOWED_CHARS], const struct schema_field *fields) {
  text[0] = '\0';
  for (; fields->key; fields++)
    append(text, fields->key);
}

static void list_items(char text[ALLOWED_CHARS], const struct schema_item *items) {
  text[0] = '\0';
  for (; items->key; items++)
    append(text, items->key);
}

static void describe_allowed(char text[ALLOWED_CHARS], const struct schema_field *field) {
  char names[ALLOWED_CHARS] = "";
  switch (field->type) {
  case SCHEMA_INT:
    snprintf(text, ALLOWED_CHARS, "an integer %d..%d", field->low, field->high);
    break;
  case SCHEMA_INTS:
    snprintf(text, ALLOWED_CHARS, "an integer %d..%d or a list of %d of them", field->low,
             field->high, field->count);
    break;
  case SCHEMA_BOOL:
    snprintf(text, ALLOWED_CHARS, "true or false");
    break;
  case SCHEMA_ENUM:
    for (const char *const *name = field->names; *name; name++)
      append(names, *name);
    snprintf(text, ALLOWED_CHARS, "one of %.300s", names);
    break;
  case SCHEMA_TEXT:
    snprintf(text, ALLOWED_CHARS, "a text of %d..%d characters", field->low, field->high);
    break;
  case SCHEMA_OWN:
    snprintf(text, ALLOWED_CHARS, "%s", field->allowed);
    break;
  case SCHEMA_MAP:
    list_keys(names, field->fields);
    snprintf(text, ALLOWED_CHARS, "%.60s%sa mapping with %.300s", field->read ? field->allowed : "",
             field->read ? " or " : "", names);
    break;
  case SCHEMA_LIST:
    list_items(names, field->items);
    snprintf(text, ALLOWED_CHARS, "a list of %d..%d mappings, each of one of %.300s", field->low,
             field->high, names);
    break;
  }
}

/* A node's place as "file:line:column: ". */
#define AT            "%s:%zu:%zu: "
#define AT_ARGS(r, n) (r)->doc->path, (n)->start_mark.line + 1, (n)->start_mark.column + 1

static int refuse(const struct reader *r, const yaml_node_t *node,
                  const struct schema_field *field) {
  char found[FOUND_CHARS], allowed[ALLOWED_CHARS];
  describe_found(found, node);
  describe_allowed(allowed, field);
  return error_set(r->err, AT "%s: found %s, allowed %s", AT_ARGS(r, node), field->key, found,
                   allowed);
}

/* ---- single values ---- */

int schema_int(const char *text, int low, int high, int *value) {
  const char *digits = text + (*text == '-');
  size_t length = strspn(digits, "0123456789");
  bool leading_zero = *digits == '0' && (length > 1 || *text == '-');
  if (length == 0 || length > 9 || digits[length] != '\0' || leading_zero)
    return -1;
  int number = (int)strtol(text, NULL, 10);
  if (number < low || number > high)
    return -1;
  *value = number;
  return 0;
}

/* The text of an unquoted scalar, else NULL. libyaml refuses zero bytes, so that the text is whole.
 */
static const char *plain_text(const yaml_node_t *node) {
  if (node->type != YAML_SCALAR_NODE || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
    return NULL;
  return (const char *)node->data.scalar.value;
}

static int read_int(const yaml_node_t *node, const struct schema_field *field, int *target) {
  const char *text = plain_text(node);
  return text ? schema_int(text, field->low, field->high, target) : -1;
}

static int read_ints(const struct schema *doc, const yaml_node_t *node,
                     const struct schema_field *field, int *target) {
  if (node->type != YAML_SEQUENCE_NODE) {
    int value;
    if (read_int(node, field, &value) != 0)
      return -1;
    for (int i = 0; i < field->count; i++)
      target[i] = value;
    return 0;
  }
  const yaml_node_item_t *item = node->data.sequence.items.start;
  if (node->data.sequence.items.top - item != field->count)
    return -1;
  for (int i = 0; i < field->count; i++)
    if (read_int(node_at(doc, item[i]), field, &target[i]) != 0)
      return -1;
  return 0;
}

static int read_bool(const yaml_node_t *node, bool *target) {
  const char *text = plain_text(node);
  if (!text || (strcmp(text, "true") != 0 && strcmp(text, "false") != 0))
    return -1;
  *target = strcmp(text, "true") == 0;
  return 0;
}

static int read_enum(const yaml_node_t *node, const struct schema_field *field, int *target) {
  const char *text = plain_text(node);
  for (int i = 0; text && field->names[i]; i++)
    if (strcmp(text, field->names[i]) == 0) {
      *target = i;
      return 0;
    }
  return -1;
}

static int read_text(const yaml_node_t *node, const struct schema_field *field, char *target) {
  if (node->type != YAML_SCALAR_NODE)
    return -1;
  size_t length = node->data.scalar.length;
  if (length < (size_t)field->low || length > (size_t)field->high)
    return -1;
  memcpy(target, node->data.scalar.value, length);
  target[length] = '\0';
  return 0;
}

static int read_own(const yaml_node_t *node, const struct schema_field *field, void *target) {
  const char *text = plain_text(node);
  return text ? field->read(text, target) : -1;
}

/* ---- mappings and lists ---- */

static int read_map(const struct reader *r, const yaml_node_t *map, const char *name,
                    const struct schema_field *fields, void *target);

/* One item: a mapping whose only key is the item's kind. */
static int read_item(const struct reader *r, const yaml_node_t *node,
                     const struct schema_field *list, char *target) {
  char found[FOUND_CHARS], kinds[ALLOWED_CHARS];
  list_items(kinds, list->items);
  const yaml_node_pair_t *pair = NULL;
  if (node->type == YAML_MAPPING_NODE &&
      node->data.mapping.pairs.top - node->data.mapping.pairs.start == 1)
    pair = node->data.mapping.pairs.start;
  const yaml_node_t *key = pair ? node_at(r->doc, pair->key) : node;
  const char *text = pair ? plain_text(key) : NULL;
  for (const struct schema_item *item = list->items; text && item->key; item++)
    if (strcmp(text, item->key) == 0) {
      memcpy(target, item->defaults, list->item_size);
      return read_map(r, node_at(r->doc, pair->value), item->key, item->fields, target);
    }
  describe_found(found, key);
  if (node->type == YAML_MAPPING_NODE && !pair)
    snprintf(found, sizeof found, "a mapping of not one key");
  return error_set(r->err, AT "%s: found %s, allowed a mapping whose one key is one of %s",
                   AT_ARGS(r, key), list->key, found, kinds);
}

static int read_list(const struct reader *r, const yaml_node_t *node,
                     const struct schema_field *field, char *base) {
  if (node->type != YAML_SEQUENCE_NODE)
    return refuse(r, node, field);
  const yaml_node_item_t *item = node->data.sequence.items.start;
  long count = node->data.sequence.items.top - item;
  if (count < field->low || count > field->high)
    return error_set(r->err, AT "%s: found %ld items, allowed %d..%d", AT_ARGS(r, node), field->key,
                     count, field->low, field->high);
  for (long i = 0; i < count; i++)
    if (read_item(r, node_at(r->doc, item[i]), field,
                  base + field->offset + (size_t)i * field->item_size) != 0)
      return -1;
  *(int *)(void *)(base + field->count_offset) = (int)count;
  return 0;
}

static int read_value(const struct reader *r, const yaml_node_t *node,
                      const struct schema_field *field, char *base) {
  void *target = base + field->offset;
  int status = -1;
  switch (field->type) {
  case SCHEMA_INT:
    status = read_int(node, field, target);
    break;
  case SCHEMA_INTS:
    status = read_ints(r->doc, node, field, target);
    break;
  case SCHEMA_BOOL:
    status = read_bool(node, target);
    break;
  case SCHEMA_ENUM:
    status = read_enum(node, field, target);
    break;
  case SCHEMA_TEXT:
    status = read_text(node, field, target);
    break;
  case SCHEMA_OWN:
    status = read_own(node, field, target);
    break;
  case SCHEMA_MAP:
    if (field->read && node->type != YAML_MAPPING_NODE) {
      status = read_own(node, field, target);
      break;
    }
    if (field->read && field->read("true", target) != 0)
      return refuse(r, node, field);
    return read_map(r, node, field->key, field->fields, target);
  case SCHEMA_LIST:
    return read_list(r, node, field, base);
  }
  return status == 0 ? 0 : refuse(r, node, field);
}

static const struct schema_field *find_field(const struct schema_field *fields, const char *key) {
  for (; key && fields->key; fields++)
    if (strcmp(fields->key, key) == 0)
      return fields;
  return NULL;
}

/* The first pair of `map`, before `end`, that has this key. NULL when there is none. */
static const yaml_node_pair_t *find_pair(const struct schema *doc, const yaml_node_t *map,
                                         const yaml_node_pair_t *end, const char *key) {
  for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start; pair < end; pair++) {
    const char *text = plain_text(node_at(doc, pair->key));
    if (text && strcmp(text, key) == 0)
      return pair;
  }
  return NULL;
}

static int read_map(const struct reader *r, const yaml_node_t *map, const char *name,
                    const struct schema_field *fields, void *target) {
  char found[FOUND_CHARS], allowed[ALLOWED_CHARS];
  list_keys(allowed, fields);
  describe_found(found, map);
  if (map->type != YAML_MAPPING_NODE)
    return error_set(r->err, AT "%s: found %s, allowed a mapping with %s", AT_ARGS(r, map), name,
                     found, allowed);
  const yaml_node_pair_t *end = map->data.mapping.pairs.top;
  for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start; pair < end; pair++) {
    const yaml_node_t *key = node_at(r->doc, pair->key);
    const struct schema_field *field = find_field(fields, plain_text(key));
    describe_found(found, key);
    if (!field)
      return error_set(r->err, AT "%s: found the key %s, allowed %s", AT_ARGS(r, key), name, found,
                       allowed);
    if (find_pair(r->doc, map, pair, field->key))
      return error_set(r->err, AT "%s: found the key %s twice, allowed once", AT_ARGS(r, key), name,
                       found);
    if (read_value(r, node_at(r->doc, pair->value), field, target) != 0)
      return -1;
  }
  for (; fields->key; fields++)
    if (fields->required && !find_pair(r->doc, map, end, fields->key))
      return error_set(r->err, AT "%s: found no key %s, which is required", AT_ARGS(r, map), name,
                       fields->key);
  return 0;
}

int schema_read(const struct schema *doc, const struct schema_field *fields, void *target,
                struct error *err) {
  struct reader reader = {doc, err};
  return read_map(&reader, node_at(doc, 1), "description", fields, target);
}

/* ---- documents ---- */

static int parse_error(const yaml_parser_t *parser, const char *path, struct error *err) {
  return error_set(err, "%s:%zu:%zu: %s, allowed YAML", path, parser->problem_mark.line + 1,
                   parser->problem_mark.column + 1,
                   parser->problem ? parser->problem : "found what cannot be parsed");
}

/* Loads the only document of the stream. On failure nothing is left to delete. */
static int load_document(yaml_parser_t *parser, yaml_document_t *document, const char *path,
                         struct error *err) {
  if (!yaml_parser_load(parser, document))
    return parse_error(parser, path, err);
  int status = 0;
  if (!yaml_document_get_root_node(document)) {
    status = error_set(err, "%s:1:1: found nothing, allowed a description in YAML", path);
  } else {
    yaml_document_t second;
    if (!yaml_parser_load(parser, &second)) {
      status = parse_error(parser, path, err);
    } else {
      if (yaml_document_get_root_node(&second))
        status = error_set(err, "%s:%zu:1: found a second document, allowed one", path,
                           second.start_mark.line + 1);
      yaml_document_delete(&second);
    }
  }
  if (status != 0)
    yaml_document_delete(document);
  return status;
}

struct schema *schema_open(const char *path, struct error *err) {
  size_t size;
  uint8_t *bytes = file_read(path, FILE_BYTES_MAX, &size, err);
  struct schema *doc = bytes ? schema_parse(path, bytes, size, err) : NULL;
  free(bytes);
  return doc;
}

struct schema *schema_parse(const char *path, const void *text, size_t size, struct error *err) {
  struct schema *doc = memory_new(1, sizeof *doc);
  doc->path = path_join("", path);
  yaml_parser_t parser;
  int status = -1;
  if (yaml_parser_initialize(&parser)) {
    yaml_parser_set_input_string(&parser, text, size);
    status = load_document(&parser, &doc->document, path, err);
    yaml_parser_delete(&parser);
  } else {
    error_set(err, "%s: cannot start the YAML parser", path);
  }
  if (status == 0)
    return doc;
  free(doc->path);
  free(doc);
  return NULL;
}

void schema_close(struct schema *doc) {
  yaml_document_delete(&doc->document);
  free(doc->path);
  free(doc);
}

/* The child of a node that the next step of `where` names; *where moves behind the step. NULL when
 * there is none. */
static const yaml_node_t *step_into(const struct schema *doc, const yaml_node_t *node,
                                    const char **where) {
  if (**where == '[') {
    char *end;
    long index = strtol(*where + 1, &end, 10);
    *where = end + strspn(end, "].");
    if (node->type != YAML_SEQUENCE_NODE)
      return NULL;
    const yaml_node_item_t *item = node->data.sequence.items.start + index;
    return item < node->data.sequence.items.top ? node_at(doc, *item) : NULL;
  }
  char key[64];
  size_t length = strcspn(*where, ".[");
  snprintf(key, sizeof key, "%.*s", (int)length, *where);
  *where += length + ((*where)[length] == '.');
  if (node->type != YAML_MAPPING_NODE)
    return NULL;
  const yaml_node_pair_t *pair = find_pair(doc, node, node->data.mapping.pairs.top, key);
  return pair ? node_at(doc, pair->value) : NULL;
}

void schema_locate(const struct schema *doc, const char *where, int *line, int *column) {
  const yaml_node_t *node = node_at(doc, 1);
  for (const yaml_node_t *next = node; next && *where;) {
    next = step_into(doc, node, &where);
    node = next ? next : node;
  }
  *line = (int)node->start_mark.line + 1;
  *column = (int)node->start_mark.column + 1;
}
