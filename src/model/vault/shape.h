/*
 * shape.h - a struct as a table of its members, and the two walkers that turn
 * any such struct into bytes and back.
 *
 * A struct is written as a bit for each member (a flag's value; of all others
 * whether they say anything, that is, are not zero), then those that say
 * something, in order. Numbers are LEB128, signed ones zigzag; times count
 * from the time before them in the same pickle; bytes at the end that are zero are left out. A slice that is a
 * part of the slice before it, as words of a line are, is told by where it stands in that; one that came before, by
 * which it was.
 *
 * There is one way to write each value but slices, and no other is read: what
 * is written, read and written again is the same bytes. Nothing is believed:
 * numbers must fit their member, flags and lists what is there.
 *
 * Members that are a pointer to, or an array of, other structs are followed
 * as their own tables say; tables have no cycles, so depth is bounded.
 */
#ifndef SHAPE_H
#define SHAPE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/nstime.h"

enum member_kind {
	MEMBER_FLAG,			/* bool */
	MEMBER_NUMBER,			/* unsigned, an enum, at most `max` */
	MEMBER_SIGNED,			/* int */
	MEMBER_TIME,			/* nstime: a point in time */
	MEMBER_WAIT,			/* nstime: a length of time */
	MEMBER_SLICE,
	MEMBER_TEXT,			/* const char *: a constant */
	MEMBER_CHARS,			/* char[] that holds a text with its NUL */
	MEMBER_BYTES,			/* uint8_t[] */
	MEMBER_NUMBERS,			/* uint64_t[] */
	MEMBER_STRUCT,			/* a struct in it */
	MEMBER_POINTER,			/* to a struct, or NULL */
	MEMBER_LIST,			/* to the first of many; `count` says where their number stands */
	MEMBER_ARRAY,			/* many in it, at most `max`; `count` as of a list */
	MEMBER_OTHER			/* somebody else's: neither written nor read */
};

struct shape;

struct member {
	uint8_t kind;			/* enum member_kind */
	uint16_t offset, size;
	uint16_t count;			/* offset of a size_t */
	uint64_t max;
	const struct shape *of;
	const char *name;
};

struct shape {
	const char *name;
	uint16_t size;			/* of the struct */
	uint16_t n;
	const struct member *member;
};

enum { PICKLING_RECENT = 32 };

struct pickling {			/* while one pickle is written or read */
	nstime time;			/* the last one that is known */
	slice base;			/* the last slice that stands in it as it is */
	slice *recent;			/* room for PICKLING_RECENT of them, if the same may come again; or NULL */
	unsigned nrecent;		/* ever put there */
	const uint8_t *p, *end;		/* reading */
	struct arena *arena;
	struct buf *out;		/* writing */
};

void shape_write(struct pickling *, const struct shape *, const void *);
/* Into a struct that is all zero. False: damaged, or the arena is full. */
bool shape_read(struct pickling *, const struct shape *, void *);

void shape_put_number(struct pickling *, uint64_t);
bool shape_get_number(struct pickling *, uint64_t *number_r);

#endif
