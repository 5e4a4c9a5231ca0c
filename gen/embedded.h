/* embedded.h : the RTL leaves and the templates, as they stood when the program was built.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_GEN_EMBEDDED_H
#define ENGRAM_GEN_EMBEDDED_H

struct embedded {
  const char *name; /* file name without folders; NULL ends the table */
  const char *text;
};

extern const struct embedded embedded_files[];

#endif
