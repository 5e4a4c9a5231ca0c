/* embed.c : build tool: text files -> one C table, so that `engram gen` needs no files at run time.
 * SPDX-License-Identifier: MIT
 *
 * Usage: embed FILE... > table.c
 */
#include <stdio.h>
#include <string.h>

static int embed(const char *path) {
  FILE *f = fopen(path, "r");
  if (!f) {
    perror(path);
    return 1;
  }
  const char *slash = strrchr(path, '/');
  printf("    {\"%s\",\n     \"", slash ? slash + 1 : path);
  for (int c; (c = getc(f)) != EOF;) {
    if (c == '\n')
      printf("\\n\"\n     \"");
    else if (c == '"' || c == '\\')
      printf("\\%c", c);
    else
      putchar(c);
  }
  printf("\"},\n");
  return fclose(f) != 0;
}

int main(int argc, char **argv) {
  printf("/* made by gen/embed.c */\n#include \"embedded.h\"\n\nconst struct embedded "
         "embedded_files[] = {\n");
  for (int i = 1; i < argc; i++)
    if (embed(argv[i]))
      return 1;
  printf("    {0, 0},\n};\n");
  return fflush(stdout) != 0;
}
