#include "manifest.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/files.h"
#include "base/limits.h"
#include "gate.h"
#include "json_records.h"

static void
begin(struct manifest *m, const char *type)
{
	json_clear(&m->j);
	json_begin(&m->j, JSON_ITEM);
	json_number(&m->j, KEY("v"), 1);
	json_word(&m->j, KEY("type"), type);
}

static int
end(struct manifest *m)
{
	json_end(&m->j);
	json_line_end(&m->j);
	if (m->list != NULL)
		return output_add(m->list, buf_slice(&m->j.out));
	return folder_write(m->file, buf_slice(&m->j.out));
}

static bool
digest_of(int fd, uint8_t sha256_r[SHA256_SIZE])
{
	struct digests *digest = digests_new(DIGEST_SHA256);
	uint8_t *p = xcalloc(1, LIMIT_READ_BLOCK);
	ssize_t n;

	while ((n = read(fd, p, LIMIT_READ_BLOCK)) > 0)
		digests_feed(digest, (slice){ p, (size_t)n });
	digests_finish(digest, sha256_r, NULL, NULL);
	digests_free(&digest);
	free(p);
	return n == 0;
}

/* A pipe or a directory has a path only: reading the one would take it away from the capture, the other has many files. */
static void
input(struct json *j, const char *path, bool digest)
{
	uint8_t sha256[SHA256_SIZE];
	struct stat st;
	int fd = files_ask(FILES_READ, path, NULL);

	json_begin(j, JSON_ITEM);
	json_text(j, KEY("path"), slice_of(path));
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		json_number(j, KEY("size"), (uint64_t)st.st_size);
		if (digest && digest_of(fd, sha256))
			json_hex(j, KEY("sha256"), (slice){ sha256, sizeof sha256 });
	}
	if (fd >= 0)
		close(fd);
	json_end(j);
}

static void
interface(struct json *j, const char *name)
{
	json_begin(j, JSON_ITEM);
	json_text(j, KEY("interface"), slice_of(name));
	json_end(j);
}

/* Whole at the end, or each line at once. */
static bool
open_file(struct manifest *m, struct folder *folder, const struct output_options *o)
{
	char *path;

	m->file = NULL;
	m->list = NULL;
	if (!o->live) {
		m->file = folder_create(folder);
		return true;
	}
	path = folder_path(folder, FILES_LIST);
	m->list = output_open(&(struct output){ "manifest", path }, o);
	free(path);
	return m->list != NULL;
}

static int
tell_run(struct manifest *m, const struct output_options *o)
{
	struct json *j = &m->j;

	begin(m, "run");
	json_word(j, KEY("version"), VERSION);
	json_list(j, KEY("arguments"));
	for (int i = 0; i < o->argc; i++)
		json_text(j, JSON_ITEM, slice_of(o->argv[i]));
	json_list_end(j);
	json_list(j, KEY("inputs"));
	for (size_t i = 0; i < o->ninput; i++)
		input(j, o->input[i], !o->swift && !o->live);	/* what still grows has none */
	for (size_t i = 0; i < o->ninterface; i++)
		interface(j, o->interface[i]);
	json_list_end(j);
	json_word(j, KEY("overlap_policy"), o->overlap);
	if (o->filter != NULL)
		json_text(j, KEY("filter"), slice_of(o->filter));
	if (o->gate != NULL)
		json_text(j, KEY("display_filter"), filter_text(gate_filter(o->gate)));
	return end(m);
}

bool
manifest_init(struct manifest *m, struct folder *folder, const struct output_options *o)
{
	json_init(&m->j);
	if (open_file(m, folder, o) && tell_run(m, o) == 0)
		return true;
	output_close(&m->list, true);
	json_fini(&m->j);
	return false;
}

int
manifest_reopen(struct manifest *m, const struct output_options *o)
{
	if (m->list == NULL)
		return 0;
	if (output_reopen(m->list) < 0)
		return -1;
	return output_is_fresh(m->list) ? tell_run(m, o) : 0;
}

static void
envelope(struct json *j, const struct rec_message *r)
{
	json_endpoint(j, KEY("client"), &r->session->client);
	json_endpoint(j, KEY("server"), &r->session->server);
	if (r->null_sender)
		json_word(j, KEY("mail_from"), "");
	else
		json_text(j, KEY("mail_from"), r->mail_from);
	json_list(j, KEY("recipients"));
	for (size_t i = 0; i < r->nrecipient; i++)
		if (r->recipient[i].address.n > 0)
			json_text(j, JSON_ITEM, r->recipient[i].address);
	json_list_end(j);
	json_word(j, KEY("status"), mail_status_name(r->status));
	json_number(j, KEY("first_packet"), r->first_packet);
	json_number(j, KEY("last_packet"), r->last_packet);
}

static void
part(struct json *j, const struct rec_message *m, const struct rec_part *p)
{
	const struct rec_part *holder = p->holder > 0 && p->holder <= m->npart ? &m->part[p->holder - 1] : p;

	json_text(j, KEY("path"), holder->path);
	json_text(j, KEY("filename"), p->filename);
	json_text(j, KEY("content_type"), p->content_type);
	json_word(j, KEY("detected"), p->detected);
}

int
manifest_add(struct manifest *m, const struct output_options *o, const struct manifest_entry *e)
{
	struct json *j = &m->j;

	begin(m, "file");
	j->digits = o->digits;
	json_word(j, KEY("file"), e->name);
	if (e->part != NULL)
		part(j, e->message, e->part);
	json_word(j, KEY("uid"), e->message->uid);
	json_time(j, KEY("time"), e->message->time);
	envelope(j, e->message);
	json_bool(j, KEY("whole"), e->whole);
	if (e->message->damaged)
		json_bool(j, KEY("damaged"), true);
	json_number(j, KEY("size"), e->size);
	json_number(j, KEY("missing_bytes"), e->missing);
	json_list(j, KEY("missing"));
	for (size_t i = 0; i < e->ngap; i++) {
		json_begin(j, JSON_ITEM);
		json_number(j, KEY("offset"), e->gap[i].offset);
		json_number(j, KEY("length"), e->gap[i].length);
		if (e->gap[i].dropped > 0)
			json_number(j, KEY("dropped"), e->gap[i].dropped);
		json_end(j);
	}
	json_list_end(j);
	json_hex(j, KEY("sha256"), (slice){ e->sha256, SHA256_SIZE });
	json_bool(j, KEY("kept"), e->kept);
	return end(m);
}

int
manifest_close(struct manifest *m, const struct manifest_totals *t)
{
	struct json *j = &m->j;
	int status;

	begin(m, "result");
	json_word(j, KEY("status"), t->failed ? "failed" : "complete");
	json_number(j, KEY("files"), t->files);
	json_number(j, KEY("partial_files"), t->partial);
	json_number(j, KEY("kept_files"), t->kept);
	json_number(j, KEY("differing_files"), t->differing);
	json_number(j, KEY("bytes"), t->bytes);
	status = end(m);
	if (m->file != NULL && folder_append(&m->file, FILES_LIST) == FOLDER_FAILED)
		status = -1;
	if (output_close(&m->list, false) < 0)
		status = -1;
	json_fini(j);
	return status;
}
