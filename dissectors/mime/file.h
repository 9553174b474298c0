/*
 * file.h - what all parts of a message share, and the content of one that has
 * a size: a leaf's, or a file's that is unpacked from one. It is counted,
 * digested, and looked into.
 */
#ifndef MIME_FILE_H
#define MIME_FILE_H

#include "dissectors/mime/content/content.h"
#include "mime.h"

/* One message's, and that of all messages in it. */
struct telling {
	struct mime_user user;
	uint32_t wants;
	uint32_t parts;				/* begun */
	uint32_t urls;				/* told */
	bool smtputf8;				/* RFC 6532: raw UTF-8 in fields is as it should be */
	bool full;				/* LIMIT_MIME_PARTS: no more are told */
	uint64_t told[(FINDINGS + 63) / 64];	/* a bit for each finding */
	struct seen_name *names;		/* a table of hashes, for name.duplicate */
	size_t nnames, capnames;
	uint64_t seed;				/* of these hashes */
};

void telling_init(struct telling *, const struct mime_user *, uint32_t wants, uint64_t seed);
void telling_fini(struct telling *);
void telling_hush(struct telling *);				/* nobody listens any more */
void telling_note(struct telling *, enum finding, const struct mime_at *, slice detail);
bool telling_judges(const struct telling *);
bool telling_inside(const struct telling *);			/* what is in parts is wanted */
void telling_begin_part(struct telling *);	/* findings that speak of one part are told of this one too */
/* A number for the next part. 0: there are too many. */
uint32_t telling_number(struct telling *, const struct mime_at *);
void telling_name(struct telling *, slice filename, const struct mime_at *);	/* judges it */
size_t telling_memory(const struct telling *);

struct file;

struct file_about {
	uint32_t part;
	unsigned depth;			/* as in ev_part_begin */
	unsigned nesting;		/* multiparts and messages that it stands in, told of or not */
	unsigned unpacked;		/* files that it was unpacked from, one from the other */
	struct mime_at at;
	bool digests, look;		/* it is wanted what it is */
	bool lost, cut;			/* from the beginning: its header is not whole; it is not looked into as it should be */
	uint64_t missing;
	struct content_about content;	/* copied */
};

struct file *file_new(struct telling *, const struct file_about *);
struct telling *file_telling(struct file *);
const struct file_about *file_about(const struct file *);
void file_feed(struct file *, slice);
void file_gap(struct file *, uint64_t missing);
void file_skip(struct file *, uint64_t missing);	/* octets beside a gap that could not be decoded */
void file_cut(struct file *);		/* a limit: not all of it was looked into */
void file_end(struct file **, bool whole, uint64_t length);	/* tells the part's end */
size_t file_memory(const struct file *);

#endif
