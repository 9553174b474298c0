/*
 * walk.h - a walk through one message, or through one that stands in a part.
 *
 * It keeps the multiparts that are open, and the leaf that is being read;
 * where that holds a message, the leaf feeds a walk of its own. A multipart
 * that is encoded, which none may be, is read as it stands and decoded at
 * once, until one of the two shows a delimiter.
 *
 *	walk.c		what boundary.c says, gaps, the end
 *	walk_header.c	a part's header
 *	walk_part.c	what a part is: how it begins and ends
 *	unpacked.c	files that were unpacked from a part, which are read as parts are
 *
 * Where some of the top header was lost, and what is left names no multipart, two lines like
 *
 *	--boundary
 *	Content-Type: application/pdf
 *
 * tell that it was a multipart. What stands before them is part 1, with all
 * that belongs to no part; the parts behind are read as ever.
 *
 * BUGS: the boundary of a multipart that does not name one is not guessed, nor
 * that of one in another whose header was lost.
 */
#ifndef MIME_WALK_H
#define MIME_WALK_H

#include "boundary.h"
#include "dissectors/mime/header/field.h"
#include "dissectors/mime/header/judge.h"
#include "hidden.h"
#include "leaf.h"

/* A multipart that is open: each has a boundary in `boundary`. */
struct level {
	uint32_t part;			/* its number; 0: it is not told of */
	uint32_t children;
	uint64_t offset, missing;
	bool digest, lost, cut;
	bool closed;			/* its last delimiter was seen */
	bool silent;			/* its end is told by another walk */
};

enum where_in { IN_HEADER, IN_LEAF, IN_HIDDEN, IN_NOTHING };

struct walk {
	struct telling *t;
	struct walk *outer;		/* that this one stands in, or NULL */
	struct buf prefix;		/* path of the part that it stands in */
	uint32_t parent;		/* its number */
	unsigned depth;			/* parts that it stands in */
	unsigned nesting;		/* multiparts and messages, told of or not */
	unsigned unpacked;		/* it stands in a file that was unpacked, so many times: nothing in it has a path */
	bool listed;			/* a multipart on top is told of: not so in a message in a message */
	bool fixed;			/* what it is fed was encoded: all stands at `base` */
	bool found;			/* a delimiter was seen */
	uint32_t first_children;	/* of the outermost multipart */
	uint64_t base, end;		/* where it begins, and how far it came */

	enum where_in in;
	struct boundary boundary;
	struct level *level;
	size_t nlevel, caplevel;
	bool guessing;			/* the top header was lost: was it a multipart? */
	bool guessed;			/* it was */
	struct buf guess;		/* the line before, if it looks like a delimiter */
	struct hidden hidden;
	struct mime_at hidden_at;

	/* The part that is being read. */
	uint64_t offset;		/* of its header */
	struct header_parser header;
	bool reading_header;		/* `header` is in use: not for the top one's */
	struct buf rest;		/* of a header that ends in the middle of a line: content after all */
	uint64_t field, next_field;	/* where the field begins that is told next, and the one behind it */
	struct field_text text;
	struct entity entity;
	struct judge *judge;
	bool lost;			/* in its header */
	uint64_t missing;
	struct leaf *leaf;
	struct walk *inner;		/* the message, or the encoded multipart, in it */
};

struct walk *walk_new(struct telling *, struct walk *outer, slice prefix, uint64_t base);
void walk_free(struct walk **);
size_t walk_memory(const struct walk *);
void walk_feed(struct walk *, slice, uint64_t offset);
void walk_gap(struct walk *, uint64_t missing);
void walk_finish(struct walk *, bool whole);		/* whole: its end was seen */

uint64_t walk_place(const struct walk *, uint64_t offset);
struct mime_at walk_span(const struct walk *, uint64_t from, uint64_t to);
struct level *walk_innermost(struct walk *);		/* or NULL */
unsigned walk_unlisted(const struct walk *);		/* multiparts that are open, but not told of */
void walk_begin_hidden(struct walk *, slice boundary, struct mime_at);	/* what comes belongs to no part */

/* walk_header.c */
void walk_begin_judging(struct walk *, const struct mime_about *);	/* NULL: not the message's own header */
void walk_begin_header(struct walk *, uint64_t offset);	/* a part begins */
void walk_take_field(struct walk *, const struct header_field *, slice decoded, unsigned words, uint64_t offset);
void walk_end_header(struct walk *);

/* walk_part.c */
void walk_begin_part(struct walk *, uint64_t offset);	/* its header is over: now it is known what it is */
void walk_end_level(struct walk *, bool whole, uint64_t offset);
bool walk_guess(struct walk *, slice line, uint64_t offset);	/* while guessing. False: a part's header begins */
void walk_give_guess(struct walk *, uint64_t offset);		/* it was none */
/* The part that is being read ends, and the multiparts in which it stands, down to n of them, without a delimiter of theirs. */
void walk_end_open(struct walk *, size_t n, bool whole, uint64_t offset);

#endif
