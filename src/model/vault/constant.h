/*
 * constant.h - C strings that are constants of the program ("DATA",
 * "starttls", "application/pdf"), as numbers and back.
 *
 * Events and records hold them as pointers that are valid for ever, and
 * whoever hears of one keeps no more than the pointer. So what is read back
 * must be valid for ever, too: each text is kept once, for the life of the
 * process. Any thread may ask.
 */
#ifndef CONSTANT_H
#define CONSTANT_H

#include <stdint.h>

/* From 1. 0: there are LIMIT_CONSTANTS already, which the program does not have. */
uint32_t constant_number(const char *);
const char *constant_text(uint32_t number);	/* NULL: there is none of that number */

#endif
