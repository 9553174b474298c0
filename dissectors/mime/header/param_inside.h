/*
 * param_inside.h - what param.c and rfc2231.c share: the one reads a field's
 * value, the other gathers what was given under one name and puts it together.
 */
#ifndef MIME_PARAM_INSIDE_H
#define MIME_PARAM_INSIDE_H

#include "base/limits.h"
#include "param.h"

/* Words of `text`, which still moves. */
struct place { size_t at, n; };

/* Everything that was given under one name. */
struct entry {
	struct place name;
	struct place plain, extended;		/* name=, name*= */
	bool has_plain, has_extended;
	uint32_t seen[LIMIT_CONTINUATIONS / 32];	/* which of name*0= … */
	unsigned pieces;
	unsigned last;				/* the piece that came last */
};

struct piece {
	size_t entry;
	unsigned number;
	bool encoded;				/* its name ends in '*': with percent escapes */
	struct place text;
};

struct gathered {
	struct params *params;
	struct buf text;			/* names and values as sent, quotes undone */
	struct entry *entry;
	size_t nentry, capentry;
	struct piece *piece;
	size_t npiece, cappiece;
};

static inline struct place
begin_place(const struct gathered *g)
{
	return (struct place){ .at = g->text.n };
}

static inline void
end_place(const struct gathered *g, struct place *t)
{
	t->n = g->text.n - t->at;
}

static inline slice
text_of(const struct gathered *g, struct place t)
{
	return slice_take(slice_drop(buf_slice(&g->text), t.at), t.n);
}

/* name: as sent, "filename*0*"; text: in `text`. */
void gathered_keep(struct gathered *, slice name, struct place text);
/* All values, into params->v and its room. `main` is what stands before them. */
void gathered_join(struct gathered *, struct place main);
void gathered_fini(struct gathered *);

#endif
