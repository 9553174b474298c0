/*
 * archive.h - what the readers of archives share.
 *
 * A reader knows one format. It is fed the archive as it comes and tells the
 * members that it sees; there is no going back, so nothing is kept but the
 * header that is being read. A member's content is offered to an `inside`,
 * which looks at its first bytes and, if it is an archive itself, opens the
 * reader for it: that is all the nesting there is, LIMIT_ARCHIVE_DEPTH deep.
 *
 * Whatever one format says about sizes and places is a claim. What a limit
 * cuts short is `truncated`.
 *
 *	archive.c	the opener, what is counted, and what is told once
 *	inside.c	a member's content
 *	zip.c packed.c tar.c rar.c sevenzip.c cab.c iso.c onenote.c, ../content/ole2.c	one format each
 *
 * The law of cuts holds here too, limits included. Bytes that are unpacked are
 * counted for each depth apart, against an allowance that is renewed at every
 * ARCHIVE_STEP bytes of the part: so it ends at the same byte however the part
 * was cut. Each depth has half of what the one above it has.
 */
#ifndef MIME_ARCHIVE_H
#define MIME_ARCHIVE_H

#include "base/buf.h"
#include "dissectors/mime/content/magic.h"
#include "dissectors/mime/content/opener.h"

enum {
	ARCHIVE_STEP = 1024,
	ARCHIVE_BLOCK = 8192,		/* unpacked at once; whether more is wanted is asked at its end, so that the cut does not show */
	ARCHIVE_LEVELS = LIMIT_ARCHIVE_DEPTH + 1
};

struct inside;

/* One for a part: of the outermost reader and of all in it. */
struct archive {
	const struct opener_user *user;
	slice name;			/* the part's, valid until close */
	uint64_t at;			/* bytes of the part taken */
	uint64_t allowance;		/* how many may be unpacked at depth 0 */
	uint64_t unpacked[ARCHIVE_LEVELS];
	bool over;			/* more than that: nothing more is unpacked, and what is listed in clear still is */
	bool truncated;			/* a limit was hit */
	size_t members;
	struct inside *open[ARCHIVE_LEVELS];	/* the member at each depth that is being read */
	bool encrypted, macro;		/* was told */
	unsigned named;			/* bits: those about members' names were */
	struct buf executable;		/* the first member that can run */
};

void archive_member(struct archive *, const struct opener_member *);	/* tells it, within LIMIT_MEMBERS, and before it those that it stands in */
/* Told once for a part. `archive`: the name of the inner archive that it stands in, or empty; then what proves it. */
void archive_encrypted(struct archive *, slice archive, slice member);
void archive_macro(struct archive *, slice archive, slice member);
void archive_executable(struct archive *, slice member);	/* told at the end */
/* How many of n bytes more may be unpacked at this depth; less than n: it is over behind them. */
size_t archive_allow(struct archive *, unsigned depth, size_t n);

/* A format. Functions but open, feed and close may be NULL. */
struct format {
	enum magic kind;
	size_t state_size;		/* zeroed */
	/* kind: what the first bytes say, a kind of `kind`. name: the file's, valid until close. */
	void (*open)(void *state, struct archive *, unsigned depth, enum magic kind, slice name);
	void (*feed)(void *state, slice);	/* the first call has the first LIMIT_SNIFF bytes, or all there are */
	void (*gap)(void *state);		/* bytes are lost, how many is not sure; NULL: nothing is fed from there on */
	/* Frees what the state holds. Returns what the file turned out to be, or NONE: nothing new. */
	enum magic (*close)(void *state, bool whole);
	size_t (*memory)(const void *state);
	bool (*done)(const void *state);	/* it wants no more of it; NULL: it always does */
};

const struct format *format_find(enum magic);	/* or NULL */
/* What to open it as, if the first bytes say it, or leave room for it; or NONE. */
enum magic format_guess(enum magic found, slice head, slice name);

/* A member and its content. */
struct inside {
	struct archive *archive;
	struct opener_member member;	/* its name is in `name` */
	struct buf name, head;
	bool told, decided;
	enum magic found;
	const struct format *format;	/* NULL: nobody wants more of it */
	void *state;
};

/* The member is told at once if its size is known, else as soon as it is, or before its own members. Its name is copied. */
void inside_begin(struct inside *, struct archive *, const struct opener_member *);
void inside_feed(struct inside *, slice);
/* How much more it wants: what its head still lacks, then SIZE_MAX if a reader was opened that is not done, else 0. */
size_t inside_wants(const struct inside *);
/*
 * size, packed: as they turned out, UINT64_MAX: not known. If it can run and `executable` is empty, its name is put there. One that was never begun
 * or has ended may be ended again.
 */
void inside_end(struct inside *, bool whole, uint64_t size, uint64_t packed, struct buf *executable);
void inside_tell(struct inside *);		/* now, if it was not */
size_t inside_memory(const struct inside *);

extern const struct format zip_format, gzip_format, zstd_format, lz4_format, tar_format, rar_format, sevenzip_format, cab_format, iso_format,
    ole2_format, onenote_format;
extern const struct opener archive_opener;

#endif
