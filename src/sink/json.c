/*
 * json.c - -T json: every record as one line, when it is known.
 */
#include <stdlib.h>

#include "base/err.h"
#include "formats.h"
#include "json_records.h"
#include "output.h"

struct json_sink {
	struct output_file *file;
	struct json_records records;
};

static int
on_record(void *self, const struct record *r)
{
	struct json_sink *s = self;

	return output_add(s->file, json_records_line(&s->records, r));
}

static int
on_close(void *self, bool failed)
{
	struct json_sink *s = self;
	int status = output_close(&s->file, failed);

	json_records_fini(&s->records);
	free(s);
	return status;
}

static const struct sink_ops ops = { .name = "json", .record = on_record, .close = on_close };

int
json_open(const struct output *where, const struct output_options *options, const struct fold *fold, struct sink *sink_r)
{
	struct json_sink *s = xcalloc(1, sizeof *s);

	(void)fold;
	s->file = output_open(where, options);
	if (s->file == NULL) {
		free(s);
		return -1;
	}
	json_records_init(&s->records, options);
	*sink_r = (struct sink){ .ops = &ops, .self = s, .wants = output_digests(options) };
	return 0;
}
