#include "json_parts.h"

#include "json_cut.h"
#include "part_name.h"

typedef struct json_records writer;

/* --- of the header --- */

static void
hop(struct json *j, const struct rec_hop *h)
{
	json_begin(j, JSON_ITEM);
	json_text(j, KEY("from"), h->from);
	json_text(j, KEY("from_host"), h->from_host);
	json_text(j, KEY("from_ip"), h->from_ip);
	json_text(j, KEY("by"), h->by);
	json_text(j, KEY("with"), h->with);
	json_text(j, KEY("id"), h->id);
	json_text(j, KEY("for"), h->for_);
	json_date(j, KEY("time"), h->time);
	json_seconds(j, KEY("delay"), h->delay);
	json_end(j);
}

void
json_received(writer *w, const struct rec_message *m)
{
	struct json_cut_list l;

	if (m->nhop == 0)
		return;
	l = json_cut_begin(w, CUT_RECEIVED, KEY("received"));
	for (size_t i = 0; i < m->nhop && json_cut_goes_on(w, &l); i++)
		hop(&w->j, &m->hop[i]);
	json_cut_end(w, &l);
}

void
json_references(writer *w, const struct rec_message *m)
{
	struct json_cut_list l;

	if (m->nreference == 0)
		return;
	l = json_cut_begin(w, CUT_REFERENCES, KEY("references"));
	for (size_t i = 0; i < m->nreference && json_cut_goes_on(w, &l); i++)
		json_text(&w->j, JSON_ITEM, m->reference[i]);
	json_cut_end(w, &l);
}

/* --- of the body --- */

void
json_digests(struct json *j, uint32_t asked, const uint8_t *sha256, const uint8_t *sha1, const uint8_t *md5)
{
	if (sha256 != NULL && asked & WANT_SHA256)
		json_hex(j, KEY("sha256"), (slice){ sha256, SHA256_SIZE });
	if (sha1 != NULL && asked & WANT_SHA1)
		json_hex(j, KEY("sha1"), (slice){ sha1, SHA1_SIZE });
	if (md5 != NULL && asked & WANT_MD5)
		json_hex(j, KEY("md5"), (slice){ md5, MD5_SIZE });
}

static void
optional_number(struct json *j, slice key, uint64_t v)
{
	if (v != UINT64_MAX)
		json_number(j, key, v);
}

/* A key that only stands there if it is true. */
static void
flag(struct json *j, slice key, bool v)
{
	if (v)
		json_bool(j, key, true);
}

/* Of parts and of what is unpacked from them: what became of the bytes. */
static void
content(writer *w, const struct rec_message *m, const struct rec_part *p)
{
	char name[PART_NAME];

	if (p->ended && p->kind != PART_MULTIPART) {
		json_number(&w->j, KEY("size"), p->size);
		json_digests(&w->j, w->options->digests, p->has_sha256 ? p->sha256 : NULL, p->has_sha1 ? p->sha1 : NULL,
		    p->has_md5 ? p->md5 : NULL);
	}
	json_word(&w->j, KEY("detected"), p->detected);
	json_bool(&w->j, KEY("whole"), p->whole);
	if (p->missing > 0)
		json_number(&w->j, KEY("missing_bytes"), p->missing);
	flag(&w->j, KEY("limited"), p->truncated);
	if (w->options->parts_written && part_is_file(p, w->options->all_parts))
		json_word(&w->j, KEY("file"), part_name(m, p, p->whole, name));
}

static void
facts(writer *w, const struct rec_part *p)
{
	struct json_cut_list l;

	if (p->nfact == 0)
		return;
	l = json_cut_begin(w, CUT_FACTS, KEY("facts"));
	for (size_t i = 0; i < p->nfact && json_cut_goes_on(w, &l); i++) {
		json_begin(&w->j, JSON_ITEM);
		if (p->fact[i].group > 0)
			json_number(&w->j, KEY("group"), p->fact[i].group);
		json_text(&w->j, KEY("name"), p->fact[i].name);
		json_text(&w->j, KEY("value"), p->fact[i].value);
		json_end(&w->j);
	}
	json_cut_end(w, &l);
}

/* --- what is in a part: listed in it, or unpacked from it --- */

static void
listed(writer *w, struct json_cut_list *l, const struct rec_part *p, unsigned depth)
{
	struct json *j = &w->j;

	for (size_t i = 0; i < p->nmember && json_cut_goes_on(w, l); i++) {
		const struct rec_member *r = &p->member[i];

		json_begin(j, JSON_ITEM);
		json_text(j, KEY("filename"), r->name);
		optional_number(j, KEY("size"), r->size);
		optional_number(j, KEY("packed"), r->packed);
		flag(j, KEY("encrypted"), r->encrypted);
		flag(j, KEY("directory"), r->directory);
		if (depth + r->depth > 0)
			json_number(j, KEY("depth"), depth + r->depth);
		json_end(j);
	}
	if (p->nmember < p->members)
		json_note_cut(j, S("members"));
}

static void
unpacked(writer *w, const struct rec_message *m, const struct rec_part *p, unsigned depth)
{
	struct json *j = &w->j;

	json_begin(j, JSON_ITEM);
	json_text(j, KEY("filename"), p->filename);
	json_text(j, KEY("content_type"), p->content_type);
	json_text(j, KEY("content_id"), p->content_id);
	if (depth > 0)
		json_number(j, KEY("depth"), depth);
	content(w, m, p);
	facts(w, p);
	json_end(j);
}

/*
 * All that came out of a part stands in its one list, deeper things too: no
 * list nests with the input. Unpacked parts follow the one that they came out
 * of, before any part that is not of its inside.
 */
static void
members(writer *w, const struct rec_message *m, const struct rec_part *p)
{
	const struct rec_part *end = m->part + m->npart, *inner = p + 1;
	bool holds = p->kind != PART_MULTIPART && inner < end && inner->holder == p->number;
	struct json_cut_list l;

	if (p->members == 0 && !holds)
		return;
	l = json_cut_begin(w, CUT_MEMBERS, KEY("members"));
	listed(w, &l, p, 0);
	for (; inner < end && inner->holder == p->number && json_cut_goes_on(w, &l); inner++) {
		unsigned depth = inner->depth > p->depth ? inner->depth - p->depth - 1 : 0;

		unpacked(w, m, inner, depth);
		if (inner->members > 0 && json_cut_goes_on(w, &l))
			listed(w, &l, inner, depth + 1);
	}
	json_cut_end(w, &l);
}

static void
part(writer *w, const struct rec_message *m, const struct rec_part *p)
{
	struct json *j = &w->j;

	json_begin(j, JSON_ITEM);
	json_text(j, KEY("path"), p->path);
	json_text(j, KEY("content_type"), p->content_type);
	flag(j, KEY("assumed"), !p->declared);
	json_text(j, KEY("charset"), p->charset);
	json_text(j, KEY("encoding"), p->encoding);
	json_text(j, KEY("disposition"), p->disposition);
	json_text(j, KEY("filename"), p->filename);
	json_text(j, KEY("content_id"), p->content_id);
	json_text(j, KEY("description"), p->description);
	content(w, m, p);
	facts(w, p);
	members(w, m, p);
	json_end(j);
}

void
json_parts(writer *w, const struct rec_message *m)
{
	struct json_cut_list l;

	if (m->parts == 0)
		return;
	l = json_cut_begin(w, CUT_PARTS, KEY("parts"));
	for (size_t i = 0; i < m->npart && json_cut_goes_on(w, &l); i++)
		if (m->part[i].kind != PART_UNPACKED)
			part(w, m, &m->part[i]);
	json_cut_end(w, &l);
	json_number(&w->j, KEY("part_count"), m->parts);
	json_number(&w->j, KEY("attachment_count"), m->attachments);
}

static void
url(writer *w, const struct rec_message *m, const struct rec_url *u)
{
	const struct rec_part *p = u->part > 0 && u->part <= m->npart ? &m->part[u->part - 1] : NULL;

	if (p != NULL && p->holder > 0)
		p = &m->part[p->holder - 1];
	json_begin(&w->j, JSON_ITEM);
	json_text(&w->j, KEY("url"), u->url);
	json_text(&w->j, KEY("host"), u->host);
	json_text(&w->j, KEY("text"), u->text);
	if (p != NULL)
		json_text(&w->j, KEY("path"), p->path);
	json_end(&w->j);
}

void
json_urls(writer *w, const struct rec_message *m)
{
	struct json_cut_list l;

	if (m->urls == 0)
		return;
	l = json_cut_begin(w, CUT_URLS, KEY("urls"));
	for (size_t i = 0; i < m->nurl && json_cut_goes_on(w, &l); i++)
		url(w, m, &m->url[i]);
	json_cut_end(w, &l);
	json_number(&w->j, KEY("url_count"), m->urls);
	if (m->nurl < m->urls)
		json_note_cut(&w->j, S("urls"));
}
