#include "again.h"

#include "capture/file.h"

/* Standard input is read by its descriptor, which does not go back. */
bool
again_is_possible(const struct options *o)
{
	struct paths own = { 0 };
	const struct paths *paths = o->inputs.n > 0 ? &o->inputs : &own;
	bool possible = !o->live;		/* what grows may be another file by then */

	for (size_t i = 0; i < o->ninput && paths == &own; i++)
		paths_add(&own, o->input[i], i);
	for (size_t i = 0; i < paths->n; i++)
		possible &= paths->path[i].regular;
	paths_fini(&own);
	return possible;
}

static bool
open_source(struct again *a, struct buf *why)
{
	const struct options *o = a->options;
	struct file_options file = {
		.path = o->input, .npath = o->ninput, .listed = o->inputs.n > 0 ? &o->inputs : NULL, .filter = o->filter, .quiet = true,
	};
	int status;

	if (a->tee != NULL) {
		a->source = tee_again(a->tee);
	} else if (file_open(&file, &a->source, &status) != 0) {
		buf_text(why, "the capture cannot be read again");
		return false;
	}
	a->reading = true;
	return true;
}

enum again_result
again_next(struct again *a, struct frame *f, struct buf *why)
{
	if (!a->reading) {
		if (!wanted_begin(&a->wanted))
			return AGAIN_END;
		if (!open_source(a, why))
			return AGAIN_FAILED;
	}
	if (wanted_is_behind(&a->wanted, a->found, 0))
		return AGAIN_END;
	switch (a->source.next(a->source.self, f)) {
	case SOURCE_FRAME:
		break;
	case SOURCE_NONE:
		return AGAIN_OTHER;
	case SOURCE_END:
	case SOURCE_FAILED:
		return AGAIN_END;
	}
	if (wanted_is_behind(&a->wanted, a->found, f->number))
		return AGAIN_END;
	if (!wanted_has(&a->wanted, f))
		return AGAIN_OTHER;
	a->found++;
	return AGAIN_FOUND;
}

slice
again_secrets(const struct again *a)
{
	return a->reading ? a->source.secrets(a->source.self) : SLICE_NONE;
}

double
again_share(const struct again *a)
{
	struct source_stats now = { 0 };

	if (!a->reading)
		return 0;
	a->source.stats(a->source.self, &now);
	return now.size > 0 && now.read <= now.size ? (double)now.read / (double)now.size : 0;
}

void
again_fini(struct again *a)
{
	if (a->reading)
		a->source.close(a->source.self);
	wanted_fini(&a->wanted);
	*a = (struct again){ 0 };
}
