/*
 * paint.h - one row of a transcript as a line for people.
 *
 * This is the last moment before output: everything that came from the wire
 * goes through base/clean.h here. Columns: start, wait, packet (-v), who, text.
 */
#ifndef PAINT_H
#define PAINT_H

#include "base/buf.h"
#include "record/edges.h"
#include "record/row.h"
#include "base/when.h"

struct paint {
	struct when when;
	int verbose;
	bool wire, hex, colour;
	bool defang;		/* links so that nobody clicks on them */
	size_t width;		/* of the terminal: what we say is broken there, what was said never is; 0: no line is */
};

enum paint_style { PAINT_PLAIN, PAINT_TITLE, PAINT_NOTE, PAINT_INFO, PAINT_TEMPORARY, PAINT_PERMANENT, PAINT_ALERT };

/* edges: of the row's direction, or NULL. */
void paint_row(const struct paint *, struct buf *out, const struct row *, nstime start, nstime before,
    const struct edges *);
/* A finding as a line at the end of a transcript, with what to do about it (-v). */
void paint_finding(const struct paint *, struct buf *out, enum finding, slice detail, uint64_t packet);
/* A line of a message's content, with its line end: 2 CRLF, '\n', 0 none. */
void paint_content(const struct paint *, struct buf *out, slice line, uint8_t line_end, uint64_t offset);
/* Words of a message as they are shown: cleaned; defanged, if so wanted. `hosts`: names of hosts, whatever they look like. */
void paint_words(struct buf *out, slice words, bool defang, bool hosts);
void paint_finding_words(struct buf *out, enum finding, slice detail, bool defang);	/* what was seen here, else what the id means */
void paint_on(const struct paint *, struct buf *out, enum paint_style);
void paint_off(const struct paint *, struct buf *out, enum paint_style);

#endif
