#include "outputs.h"

#include <string.h>

#include "host/dump/dump.h"
#include "model/recorder/recorder.h"
#include "record/fold.h"
#include "sink/gate.h"
#include "sink/sinks.h"
#include "sink/spool.h"

static unsigned
keep_for_fields(unsigned keep, unsigned needs)
{
	if (needs & NEED_NAMES)
		keep &= ~(unsigned)FOLD_NAMELESS;
	return keep | field_keeps(needs);
}

unsigned
outputs_keep(const struct options *o)
{
	bool figures = false;
	unsigned keep = (o->show.all_headers ? FOLD_HEADERS : 0u) | (o->show.show_secrets ? FOLD_SECRETS : 0u) | FOLD_NAMELESS;

	if (o->screen)
		return recorder_keeps(o->show.show_secrets);
	for (size_t i = 0; i < o->noutput; i++) {
		const struct sink_format *f = sink_format_find(slice_of(o->output[i].format));

		figures |= f->figures;
		if (f->messages)
			keep |= FOLD_MESSAGES;
		if (f->parts)
			keep |= FOLD_PARTS;
		if (f->columns != NULL) {
			struct columns c = f->columns(&o->columns);

			keep = keep_for_fields(keep, columns_needs(&c));
		} else if (!f->figures) {
			keep &= ~(unsigned)FOLD_NAMELESS;
		}
	}
	if (o->display != NULL)
		keep = keep_for_fields(keep, filter_needs(o->display) | (figures ? NEED_DIALOGUE : 0));
	if (o->nfail_on > 0 || (figures && o->show.verbose > 0))
		keep |= FOLD_MESSAGES;		/* whoever asks for findings wants those of what messages hold, too */
	return keep;
}

/* Records and events tell what was found in messages; figures and message files alone do not look. */
static bool
judges_contents(const struct options *o)
{
	for (size_t i = 0; i < o->noutput; i++)
		if (strcmp(o->output[i].format, "events") == 0)
			return true;
	return (outputs_keep(o) & FOLD_MESSAGES) != 0;
}

/* What all outputs share, and is known once the source is open. */
void
outputs_prepare(struct options *o, const struct source *source)
{
	struct source_stats stats = { 0 };

	source->stats(source->self, &stats);
	o->show.digits = stats.digits > 6 ? 9 : 6;
	o->show.judged = judges_contents(o);
	o->show.gate = o->display != NULL && (!o->screen || o->noutput > 0 || o->write != NULL) ? gate_new(o->display) : NULL;
	o->show.spool = spool_new(o->spool_max);
}

/* It hears of everything before the outputs do. */
static void
open_gate(const struct options *o, struct engine *e)
{
	struct sink sink;

	if (o->show.gate == NULL)
		return;
	gate_open(o->show.gate, engine_fold(e), &sink);
	engine_add_sink(e, &sink);
}

static void
open_dump(struct dump *packets, struct engine *e)
{
	struct sink sink;

	if (packets == NULL)
		return;
	dump_sink(packets, &sink);
	engine_add_sink(e, &sink);
}

bool
outputs_open(const struct options *o, struct dump *packets, struct engine *e)
{
	open_gate(o, e);
	open_dump(packets, e);
	for (size_t i = 0; i < o->noutput; i++) {
		const struct sink_format *f = sink_format_find(slice_of(o->output[i].format));
		struct sink sink = { 0 };

		if (f->open(&o->output[i], &o->show, engine_fold(e), &sink) != 0)
			return false;
		engine_add_sink(e, &sink);
	}
	return true;
}

bool
outputs_show_steps(const struct output *output)
{
	const struct sink_format *f = sink_format_find(slice_of(output->format));

	return !f->figures && !f->contents;
}

bool
outputs_are_files(const struct options *o)
{
	for (size_t i = 0; i < o->noutput; i++)
		if (o->output[i].path != NULL && strcmp(o->output[i].path, "-") != 0)
			return true;
	return o->write != NULL && strcmp(o->write, "-") != 0;
}

void
outputs_free(struct options *o)
{
	gate_free(&o->show.gate);
	spool_free(&o->show.spool);
}
