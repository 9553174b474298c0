#include "news.h"

#include <stdlib.h>

#include "base/err.h"

enum { FIRST = 16 };

struct news_batch *
news_batch_new(void)
{
	struct news_batch *b = xcalloc(1, sizeof *b);

	b->progress.first = b->progress.last = NSTIME_NONE;
	return b;
}

void
news_batch_free(struct news_batch **bp)
{
	struct news_batch *b = *bp;

	if (b == NULL)
		return;
	free(b->v);
	free(b->finding);
	free(b->figures);
	free(b);
	*bp = NULL;
}

void
news_add(struct news_batch *b, const struct news *n)
{
	if (b->n == b->cap) {
		b->cap = b->cap ? 2 * b->cap : FIRST;
		b->v = xrealloc(b->v, b->cap, sizeof *b->v);
	}
	b->v[b->n++] = *n;
}

void
news_add_finding(struct news_batch *b, const struct news_finding *f)
{
	if (b->nfinding == b->capfinding) {
		b->capfinding = b->capfinding ? 2 * b->capfinding : FIRST;
		b->finding = xrealloc(b->finding, b->capfinding, sizeof *b->finding);
	}
	b->finding[b->nfinding++] = *f;
}
