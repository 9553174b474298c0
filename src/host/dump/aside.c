#include "aside.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static size_t
size_of(const struct aside_packet *p)
{
	return sizeof *p + p->frame.bytes.n;
}

void
aside_put(struct aside *a, const struct frame *f)
{
	struct aside_packet *p = xcalloc(1, sizeof *p + f->bytes.n);

	p->frame = *f;
	p->frame.bytes = (slice){ p->bytes, f->bytes.n };
	if (f->bytes.n > 0)
		memcpy(p->bytes, f->bytes.p, f->bytes.n);
	p->older = a->newest;
	*(a->newest != NULL ? &a->newest->newer : &a->oldest) = p;
	a->newest = p;
	map_put(&a->packet, f->number, p);
	for (a->bytes += size_of(p); a->bytes > a->max && a->oldest != p; a->gone++)
		aside_drop(a, a->oldest);
}

struct aside_packet *
aside_get(const struct aside *a, uint64_t number)
{
	return map_get(&a->packet, number);
}

void
aside_drop(struct aside *a, struct aside_packet *p)
{
	*(p->older != NULL ? &p->older->newer : &a->oldest) = p->newer;
	*(p->newer != NULL ? &p->newer->older : &a->newest) = p->older;
	map_take(&a->packet, p->frame.number);
	a->bytes -= size_of(p);
	free(p);
}

void
aside_fini(struct aside *a)
{
	while (a->oldest != NULL)
		aside_drop(a, a->oldest);
	map_fini(&a->packet);
}
