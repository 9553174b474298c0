/*
 * judge.h - what is wrong with a header: the findings of the families `header`
 * and, of fields, `mime`; and of file names.
 *
 * Each finding is told once for a header section; `detail` says which field.
 *
 *	judge.c		fields
 *	judge_name.c	file names
 *
 * BUGS: organizational domains (RFC 7489 3.2) are guessed: there is no list of
 * public suffixes here.
 */
#ifndef MIME_JUDGE_H
#define MIME_JUDGE_H

#include "base/nstime.h"
#include "header.h"

struct judge_user {
	void *self;
	void (*note)(void *self, enum finding, uint64_t offset, uint64_t length, slice detail);
};

struct judge;

struct judge_about {
	bool top;			/* the message's own header, not a part's: header.missing, header.date-skew … are for it alone */
	nstime time;			/* the packets', or NSTIME_NONE */
	slice mail_from;		/* copied */
	bool has_mail_from;
	bool smtputf8;			/* the envelope allows UTF-8 in headers (RFC 6531 3.4) */
};

struct judge *judge_new(const struct judge_user *, const struct judge_about *);
/* Each field in order; decoded: unfolded, RFC 2047 undone; words: what word_decode() said of it. */
void judge_field(struct judge *, const struct header_field *, slice decoded, unsigned words, uint64_t offset);
void judge_line(struct judge *, slice line, uint64_t offset);	/* one that stands in a header and is no field, or its beginning */
void judge_limit(struct judge *, uint64_t offset);		/* from here on fields were left out */
void judge_finish(struct judge *, bool whole);			/* the header is over; whole: nothing of it was lost */
void judge_free(struct judge **);

/* Findings of the family `name` about one decoded file name. */
/* Of a file in an archive: a folder before its name is no harm, a way out of the folder it is unpacked into is. */
void judge_member_name(slice name, void (*note)(void *self, enum finding, slice detail), void *self);
void judge_file_name(slice name, void (*note)(void *self, enum finding, slice detail), void *self);
/* Does the extension (the last one, any case, without dot) belong to a file that runs when it is opened? */
bool name_is_executable(slice filename);
slice name_extension(slice filename);		/* lower or upper as sent; empty: none */

#endif
