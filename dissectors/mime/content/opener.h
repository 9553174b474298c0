/*
 * opener.h - who can look into a part: archives, reports, signatures,
 * containers. Each is a constant table and a block of state, as dissectors
 * are; content.c has the list.
 *
 * Hostile input ends an opener's interest, never anything else. Memory is
 * bounded by limits.h; what was not looked at because of a limit sets
 * `truncated`.
 */
#ifndef MIME_OPENER_H
#define MIME_OPENER_H

#include "base/finding.h"

struct content_about {
	slice content_type;		/* as declared, lower case */
	slice filename;			/* decoded, or empty */
	slice charset;
	bool attachment;		/* disposition */
	const char *detected;		/* by the first bytes; NULL: not known (set before openers are asked) */
};

/* A file that stands in an archive, or that is unpacked from the part. */
struct opener_member {
	slice name;			/* decoded to UTF-8 where a charset is known */
	uint64_t size, packed;		/* as the archive says; UINT64_MAX: it does not */
	bool encrypted, directory;
	unsigned depth;
	slice content_type;		/* of an unpacked file, if it is told; else empty */
	slice content_id;
};

struct opener_user {
	void *self;
	void (*note)(void *self, enum finding, slice detail);
	void (*fact)(void *self, unsigned group, slice name, slice value);
	void (*member)(void *self, const struct opener_member *);
	/* An unpacked file's content. One at a time. Its own type is looked at by the caller. */
	void (*unpack_begin)(void *self, const struct opener_member *);
	void (*unpack_bytes)(void *self, slice);
	void (*unpack_end)(void *self, bool whole);
};

struct opener {
	const char *name;		/* "zip" */
	bool unpacks;			/* it may call unpack_begin: of those only the first that takes a part is opened */
	size_t state_size;		/* zeroed */
	bool (*takes)(const struct content_about *, slice head);	/* head: the first LIMIT_SNIFF bytes, or all there are */
	void (*open)(void *state, const struct opener_user *, const struct content_about *);	/* about: valid until close */
	void (*feed)(void *state, slice);
	void (*gap)(void *state, uint64_t missing);
	/* Frees what the state holds. whole: the part's end was seen. Returns true if a limit cut it short. */
	bool (*close)(void *state, bool whole);
	size_t (*memory)(const void *state);
	/* Asked after close: what it found the part to be, a media type, if it knows better than the first bytes. May be NULL, and say so. */
	const char *(*detected)(const void *state);
};

/* In the order in which they are asked; each that takes the part is opened. Ended by NULL (content.c). */
extern const struct opener *const openers[];

#endif
