/*
 * eml.c - -T eml:DIR: each message's exact bytes as a file, and a manifest.
 *
 * A message streams into a temporary file while its bytes come and gets its
 * name when its record tells its uid. What is not whole, in the capture or in
 * what this sink was given, is ".partial.eml".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/map.h"
#include "formats.h"
#include "manifest.h"

enum { STEM_UID = 8, NAME = 80 };

/* A message that is being written. */
struct mail_file {
	struct mail_file *same;		/* of the same key */
	uint64_t session;
	uint32_t mail;
	bool server_reading;
	struct folder_file *file;
	struct manifest_gap *gap;
	size_t ngap;
};

struct eml_sink {
	const struct output_options *options;
	struct folder *folder;
	struct map open;
	struct manifest manifest;
	struct manifest_totals totals;
};

static uint64_t
key_of(uint64_t session, uint32_t mail, bool server_reading)
{
	return (session << 24 ^ (uint64_t)mail << 1) | server_reading;
}

static struct mail_file *
find(const struct eml_sink *s, uint64_t session, uint32_t mail, bool server_reading)
{
	struct mail_file *f = map_get(&s->open, key_of(session, mail, server_reading));

	while (f != NULL && (f->session != session || f->mail != mail || f->server_reading != server_reading))
		f = f->same;
	return f;
}

static struct mail_file *
begin(struct eml_sink *s, const struct where *at, uint32_t mail)
{
	struct mail_file *f = find(s, at->session, mail, at->server_reading);
	uint64_t key = key_of(at->session, mail, at->server_reading);

	if (f != NULL)
		return f;
	f = xcalloc(1, sizeof *f);
	f->session = at->session;
	f->mail = mail;
	f->server_reading = at->server_reading;
	f->file = folder_create(s->folder);
	f->same = map_take(&s->open, key);
	map_put(&s->open, key, f);
	return f;
}

static void
forget(struct eml_sink *s, struct mail_file *f)
{
	uint64_t key = key_of(f->session, f->mail, f->server_reading);
	struct mail_file *head = map_take(&s->open, key), **at = &head;

	while (*at != f)
		at = &(*at)->same;
	*at = f->same;
	if (head != NULL)
		map_put(&s->open, key, head);
	folder_discard(&f->file);
	free(f->gap);
	free(f);
}

static void
note_gap(struct mail_file *f, uint64_t missing)
{
	if (f->gap == NULL)
		f->gap = xcalloc(LIMIT_EML_GAPS, sizeof *f->gap);
	if (f->ngap < LIMIT_EML_GAPS)
		f->gap[f->ngap++] = (struct manifest_gap){ folder_written(f->file), missing };
}

static int
on_event(void *self, const struct event *e)
{
	struct eml_sink *s = self;
	struct mail_file *f;

	switch (e->kind) {
	case EV_MAIL_BEGIN:
		begin(s, &e->at, e->u.mail_begin.mail);
		return 0;
	case EV_MAIL_BYTES:
		f = begin(s, &e->at, e->u.mail_bytes.mail);
		return folder_write(f->file, e->u.mail_bytes.bytes);
	case EV_GAP:
		f = find(s, e->at.session, e->u.gap.mail, e->at.server_reading);
		if (f != NULL)
			note_gap(f, e->u.gap.missing);
		return 0;
	default:
		return 0;
	}
}

/* "20261121T182901Z-<8 of the uid>-<index>.eml" */
static void
name_it(const struct rec_message *m, bool whole, char name[NAME])
{
	char stamp[NSTIME_TEXT];

	snprintf(name, NAME, "%s-%.*s-%u%s", nstime_stamp(m->time, stamp), STEM_UID, m->session->uid, (unsigned)m->index,
	    whole ? ".eml" : ".partial.eml");
}

static void
count(struct eml_sink *s, const struct manifest_entry *e)
{
	s->totals.files++;
	s->totals.partial += !e->whole;
	s->totals.kept += e->kept;
	s->totals.bytes += e->size;
}

static int
place(struct eml_sink *s, struct mail_file *f, const struct rec_message *m)
{
	uint8_t sha256[SHA256_SIZE];
	char name[NAME];
	struct manifest_entry entry = {
		.name = name, .message = m, .size = folder_written(f->file), .gap = f->gap, .ngap = f->ngap, .sha256 = sha256,
	};

	entry.whole = m->whole && entry.size == m->size;
	name_it(m, entry.whole, name);
	memcpy(sha256, m->sha256, sizeof sha256);
	if (!(m->has_sha256 && entry.whole) && folder_digest(f->file, sha256) < 0)
		return -1;
	switch (folder_place(&f->file, name)) {
	case FOLDER_FAILED:
		return -1;
	case FOLDER_TAKEN:
		s->totals.differing++;
		return 0;
	case FOLDER_KEPT:
		entry.kept = true;
		break;
	case FOLDER_PLACED:
		break;
	}
	count(s, &entry);
	return manifest_add(&s->manifest, s->options, &entry);
}

static int
on_record(void *self, const struct record *r)
{
	struct eml_sink *s = self;
	const struct rec_message *m = r->u.message;
	struct mail_file *f;
	int status;

	if (r->kind != REC_MESSAGE)
		return 0;
	f = find(s, m->session->number, m->mail, m->server_reading);
	if (f == NULL)
		return 0;			/* no content began */
	status = place(s, f, m);
	forget(s, f);
	return status;
}

static int
on_close(void *self, bool failed)
{
	struct eml_sink *s = self;
	struct mail_file *f;
	size_t cursor = 0;
	int status;

	while ((f = map_next(&s->open, &cursor)) != NULL) {
		forget(s, f);
		cursor = 0;			/* the map has changed */
	}
	s->totals.failed = failed || s->totals.differing > 0;
	status = manifest_close(&s->manifest, &s->totals);
	if (s->totals.differing > 0)
		status = -1;
	map_fini(&s->open);
	folder_free(&s->folder);
	free(s);
	return status;
}

static const struct sink_ops ops = { .name = "eml", .event = on_event, .record = on_record, .close = on_close };

int
eml_open(const struct output *where, const struct output_options *options, const struct fold *fold, struct sink *sink_r)
{
	struct eml_sink *s = xcalloc(1, sizeof *s);

	(void)fold;
	s->options = options;
	s->folder = folder_open(where->path);
	if (s->folder == NULL) {
		free(s);
		return -1;
	}
	manifest_init(&s->manifest, s->folder, options);
	*sink_r = (struct sink){
		.ops = &ops, .self = s,
		.wants = WANT(EV_MAIL_BEGIN) | WANT(EV_MAIL_BYTES) | WANT(EV_GAP) | WANT_SHA256,
	};
	return 0;
}
