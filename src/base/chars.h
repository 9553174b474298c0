/*
 * chars.h - what kind of byte is this? ASCII only, whatever the locale says.
 */
#ifndef CHARS_H
#define CHARS_H

#include <stdbool.h>
#include <stdint.h>

static inline bool char_is_blank(uint8_t c) { return c == ' ' || c == '\t'; }
static inline bool char_is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
static inline bool char_is_upper(uint8_t c) { return c >= 'A' && c <= 'Z'; }
static inline bool char_is_alpha(uint8_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
static inline bool char_is_alnum(uint8_t c) { return char_is_alpha(c) || char_is_digit(c); }
static inline bool char_is_print(uint8_t c) { return c >= 0x20 && c < 0x7f; }
static inline bool char_is_control(uint8_t c) { return c < 0x20 || c == 0x7f; }
static inline uint8_t char_lower(uint8_t c) { return char_is_upper(c) ? (uint8_t)(c | 0x20) : c; }
static inline uint8_t char_upper(uint8_t c) { return c >= 'a' && c <= 'z' ? (uint8_t)(c & ~0x20) : c; }
/* The value of a hexadecimal digit, or -1. */
static inline int
char_hex(uint8_t c)
{
	if (char_is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
