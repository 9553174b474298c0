/*
 * layout.h - words into lines as a person reads them.
 *
 * Blanks collapse to one, no more than one empty line stands between two
 * others, quotes have "> " before them, items of lists "* " or their number,
 * the cells of a row are parted by " | ". Lines are not broken: who shows
 * them knows how wide the screen is.
 */
#ifndef MIME_LAYOUT_H
#define MIME_LAYOUT_H

#include "base/buf.h"

struct layout_user { void *self; void (*text)(void *self, slice utf8); };

enum { LAYOUT_LISTS = 16, LAYOUT_QUOTES = 16 };		/* deeper ones look like these */

struct layout {
	struct layout_user user;
	struct buf out;
	unsigned lines;			/* line ends that are due before the next word */
	bool blank;			/* a blank is due */
	bool cell;			/* the next cell's mark is due */
	bool top;			/* of a row's first cell: its first block begins on its first line */
	bool item;			/* an item's mark is due */
	bool begun;			/* there was a word */
	bool row_text, row_broken;	/* words, and line ends, in this row of a table */
	bool no_joiners;		/* leave out U+200C to U+200F */
	unsigned quotes, last_quotes;	/* now; at the last word */
	unsigned nlists;
	struct { bool ordered; unsigned number; } lists[LAYOUT_LISTS];
};

void layout_init(struct layout *, const struct layout_user *);
void layout_fini(struct layout *);
void layout_flush(struct layout *);		/* tells what was laid out so far */
void layout_text(struct layout *, slice utf8);	/* cut between characters */
void layout_as_it_stands(struct layout *, slice utf8);	/* blanks and line ends count */
size_t layout_find_word(const struct layout *, slice utf8);	/* where the first one begins, or all of it */
void layout_append(struct layout *, slice);	/* right behind the last word, before what is due */
void layout_break(struct layout *, unsigned lines);	/* the next word stands on a new line (1), behind an empty line (2) */
void layout_line_end(struct layout *);		/* one more */
void layout_quote(struct layout *, bool begins);
void layout_list_begin(struct layout *, bool ordered, unsigned first);
void layout_list_end(struct layout *);
void layout_item(struct layout *);
void layout_row(struct layout *);
void layout_cell(struct layout *);
void layout_table_end(struct layout *);

#endif
