/* save_words.c - a text that the screen made (a ladder, a table), as a file. */
#include <stdlib.h>

#include "base/err.h"
#include "save_job.h"
#include "sink/output.h"

struct job { const char *what; char *path; uint64_t size; };

/* It is short, and written at once. */
static void *
words_open(const struct save_order *order)
{
	struct output_options show = order->options->show;
	struct output_file *file;
	struct job *j;
	int status;

	show.live = show.line_buffered = false;
	show.fresh = true;
	file = output_open(&(struct output){ .format = "text", .path = order->path }, &show);
	if (file == NULL)
		return NULL;
	status = output_add(file, order->request->text);
	if (output_close(&file, status < 0) < 0 || status < 0)
		return NULL;
	j = xcalloc(1, sizeof *j);
	j->what = order->request->format == SAVE_CSV ? "the table" : "the ladder";
	j->path = strdup(order->path);
	j->size = order->request->text.n;
	return j;
}

static void
words_stop(void *self)
{
	struct job *j = self;

	free(j->path);
	free(j);
}

static int
words_go_on(void *self, nstime until, unsigned *percent_r, struct buf *said)
{
	struct job *j = self;

	(void)until;
	*percent_r = 100;
	buf_text(said, j->what);
	save_say_size(said, j->size, j->path != NULL ? j->path : "a file");
	words_stop(j);
	return 0;
}

const struct save_kind save_words = { words_open, words_go_on, words_stop };
