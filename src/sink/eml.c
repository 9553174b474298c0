/*
 * eml.c - -T eml:DIR: each message's exact bytes as a file, and a manifest.
 *
 * A message streams into a temporary file while its bytes come and gets its
 * name when its record tells its uid. What is not whole, in the capture or in
 * what this sink was given, is ".partial.eml".
 */
#include <stdio.h>

#include "formats.h"
#include "mail_files.h"
#include "part_name.h"

enum { NAME = MAIL_STEM + 16, MESSAGE = 0 };

static int
on_event(void *self, const struct event *e)
{
	struct mail_files *s = self;

	if (!mail_files_wants(s, e))
		return 0;
	switch (e->kind) {
	case EV_MAIL_BEGIN:
		mail_files_begin(s, &e->at, e->u.mail_begin.mail, MESSAGE);
		return 0;
	case EV_MAIL_BYTES:
		mail_files_begin(s, &e->at, e->u.mail_bytes.mail, MESSAGE);
		return mail_files_write(s, &e->at, e->u.mail_bytes.mail, MESSAGE, e->u.mail_bytes.bytes);
	case EV_GAP:
		mail_files_gap(s, &e->at, &e->u.gap);
		return 0;
	default:
		return 0;
	}
}

/* "20261121T182901Z-<8 of the uid>-<index>.eml" */
static int
place(void *self, struct mail_file *f, const struct rec_message *m)
{
	bool whole = m->whole && folder_written(f->file) == m->size;
	char stem[MAIL_STEM], name[NAME];
	struct manifest_entry entry = {
		.name = name, .message = m, .whole = whole, .missing = m->missing, .sha256 = whole && m->has_sha256 ? m->sha256 : NULL,
	};

	snprintf(name, sizeof name, "%s%s", mail_stem(m, stem), whole ? ".eml" : ".partial.eml");
	return mail_files_place(self, f, &entry);
}

static int
on_record(void *self, const struct record *r)
{
	return mail_files_record(self, r, place, self);
}

static const struct sink_ops ops = {
	.name = "eml", .event = on_event, .record = on_record,
	.memory = mail_files_memory, .reopen = mail_files_reopen, .wrote = mail_files_wrote, .close = mail_files_sink_close,
};

int
eml_open(const struct output *where, const struct output_options *options, const struct fold *fold, struct sink *sink_r)
{
	(void)fold;
	return mail_files_sink(where, options, &ops,
	    WANT(EV_MAIL_BEGIN) | WANT(EV_MAIL_BYTES) | WANT(EV_GAP) | WANT_SHA256, sink_r);
}
