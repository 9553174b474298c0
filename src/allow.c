#include "allow.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/files.h"
#include "base/limits.h"
#include "sink/sinks.h"
#include "tui/config.h"

static bool
is_stdio(const char *path)
{
	return path == NULL || strcmp(path, "-") == 0;
}

static void
allow_inputs(struct options *o)
{
	for (size_t i = 0; i < o->ninput; i++)
		paths_add(&o->inputs, o->input[i], i);
	for (size_t i = 0; i < o->inputs.n; i++)
		if (!is_stdio(o->inputs.path[i].name))
			files_allow_input(o->inputs.path[i].name);
}

/* A mailbox has a second file for what is not whole; and what waits for it, if it is standard output, waits elsewhere. */
static void
allow_mailbox(const char *path)
{
	struct buf partial;

	if (is_stdio(path)) {
		files_allow_scratch(files_scratch());
		return;
	}
	buf_init(&partial, SIZE_MAX / 2);
	buf_printf(&partial, "%s.partial", path);
	buf_add_byte(&partial, '\0');
	files_allow_output((const char *)partial.p);
	buf_fini(&partial);
}

static void
allow_output(const struct output *output)
{
	const struct sink_format *f = sink_format_find(slice_of(output->format));

	if (strcmp(f->name, "mbox") == 0)
		allow_mailbox(output->path);
	if (is_stdio(output->path))
		return;
	if (f->is_directory)
		files_allow_directory(output->path);
	else if (strcmp(f->name, "metrics") == 0)
		files_allow_public(output->path);
	else
		files_allow_output(output->path);
}

static void
allow_packets(const struct options *o)
{
	if (is_stdio(o->write))
		return;
	if (o->ring.given)
		files_allow_ring(o->write);
	else
		files_allow_output(o->write);
}

static void
allow_screen(const struct options *o)
{
	files_allow_saving(o->save_dir != NULL ? o->save_dir : ".");
	if (!o->no_config)
		config_each_path(files_allow_preferences);
}

void
allow_all(struct options *o)
{
	allow_inputs(o);
	for (size_t i = 0; i < o->noutput; i++)
		allow_output(&o->output[i]);
	allow_packets(o);
	if (o->screen)
		allow_screen(o);
	files_freeze();
}
