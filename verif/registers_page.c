/* registers_page.c : prints the registers' table of docs/interface.md.
 * SPDX-License-Identifier: MIT
 */
#include "registers.h"

int main(void) {
  printf("| address | register | access | meaning |\n|---|---|---|---|\n");
  registers_write_page(stdout, NULL);
  return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
