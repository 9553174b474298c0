/*
 * read.h - take numbers off the front of a slice, without an unchecked read.
 *
 * A reader that runs past its end gives zeroes and remembers it in `short_of`;
 * a decoder reads a whole header and asks once, at the end.
 */
#ifndef READ_H
#define READ_H

#include "slice.h"

struct reader {
	slice rest;
	bool short_of;		/* something was asked for that was not there */
};

struct reader reader_of(slice);
uint8_t  read_u8(struct reader *);
uint16_t read_be16(struct reader *);
uint32_t read_be32(struct reader *);
uint64_t read_be64(struct reader *);
uint16_t read_le16(struct reader *);
uint32_t read_le32(struct reader *);
uint64_t read_le64(struct reader *);
slice    read_bytes(struct reader *, size_t n);		/* n bytes, or none at all */
void     read_skip(struct reader *, size_t n);

/* For fixed places whose bounds were checked already. */
static inline uint16_t get_be16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static inline uint32_t get_be32(const uint8_t *p) { return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]; }

#endif
