/*
 * hex.h - a pane of bytes: offset, hexadecimal digits, characters.
 *
 * As many bytes a line as the width has room for. The bytes are the caller's
 * and may grow at their end. Where some are missing, a note stands on a line
 * of its own, and the offsets go on with the next byte that is there.
 */
#ifndef HEX_H
#define HEX_H

#include "tui/view.h"

struct hex_user {
	void *self;
	/* As lines.h has it. May be NULL. */
	bool (*note)(void *self, size_t i, size_t *at_r, struct buf *words);
};

/* All zero but `user` is a pane of nothing. */
struct hex {
	struct hex_user user;
	slice bytes;
	int width, height;		/* drawn last */
	size_t row;			/* bytes in a line */
	size_t top;			/* the first line shown: lines are counted with the notes */
	size_t rows;			/* in all */
	size_t found, found_n;		/* where words were found last; n 0: nowhere */
};

void hex_begin(struct hex *);				/* something else is shown */
void hex_bytes(struct hex *, slice);			/* what there is; valid until the next call */
void hex_draw(struct hex *, struct area, slice words);
bool hex_act(struct hex *, enum action);
bool hex_mouse(struct hex *, const struct mouse *);
/* The words as text, or as hexadecimal digits: "50 4b 03 04". Goes round. False: nowhere. */
bool hex_search(struct hex *, slice words, bool backwards);
void hex_status(const struct hex *, struct buf *out);	/* "0x120–0x240 of 0x1000", or nothing if all is in sight */

#endif
