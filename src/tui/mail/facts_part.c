#include "facts_inside.h"

#include "base/defang.h"
#include "base/limits.h"
#include "base/words.h"

static void
say_type(struct sheet *s, const struct facts_look *look, const struct rec_part *p)
{
	const char *differs = part_tree_differs(p);
	enum style style = part_tree_differs_style(p);

	facts_label(s, "type");
	sheet_say(s, STYLE_PLAIN, p->content_type);
	if (p->charset.n > 0) {
		sheet_words(s, STYLE_DIM, "; charset=");
		sheet_say(s, STYLE_PLAIN, p->charset);
	}
	if (!p->declared)
		sheet_words(s, STYLE_DIM, " (nothing was declared)");
	if (differs != NULL) {
		sheet_words(s, style, style == STYLE_BAD ? ", but its bytes are " : "; its bytes are ");
		sheet_words(s, style, differs);
	} else if (p->detected != NULL && slice_eq(p->content_type, slice_of(p->detected)))
		sheet_words(s, STYLE_DIM, ", and its bytes agree");
	facts_end(s, look);
}

static void
say_inner_facts(struct sheet *s, const struct facts_look *look, const struct rec_part *p)
{
	unsigned group = 0;

	if (p->nfact > 0)
		facts_title(s, look, "what it says");
	for (size_t i = 0; i < p->nfact; i++) {
		const struct rec_fact *f = &p->fact[i];
		struct buf name;

		if (f->group != group && i > 0)
			facts_blank(s, look);
		group = f->group;
		buf_init(&name, KiB);
		buf_add(&name, f->name);
		if (name.n < 2 * FACTS_LABEL)
			buf_spaces(&name, 2 * FACTS_LABEL - name.n);
		else
			buf_text(&name, " ");
		sheet_say(s, STYLE_DIM, buf_slice(&name));
		sheet_say(s, STYLE_PLAIN, f->value);
		sheet_end_line(s, 1, 2 * FACTS_LABEL, look->width);
		buf_fini(&name);
	}
}

static void
add_member_words(struct buf *words, const struct rec_member *m)
{
	if (m->directory)
		buf_text(words, "folder");
	else if (m->size != UINT64_MAX)
		words_count(words, m->size, "byte", "bytes");
	if (m->encrypted)
		buf_text(words, words->n > 0 ? ", encrypted" : "encrypted");
}

static void
say_members(struct sheet *s, const struct facts_look *look, const struct rec_part *p)
{
	struct buf words;

	if (p->nmember == 0)
		return;
	facts_title(s, look, "files in it");
	buf_init(&words, KiB);
	for (size_t i = 0; i < p->nmember; i++) {
		const struct rec_member *m = &p->member[i];

		buf_clear(&words);
		add_member_words(&words, m);
		sheet_say(s, STYLE_PLAIN, m->name.n > 0 ? m->name : S("(no name)"));
		sheet_words(s, STYLE_DIM, "  ");
		sheet_say(s, m->encrypted ? STYLE_LATER : STYLE_DIM, buf_slice(&words));
		sheet_end_line(s, 1 + 2 * (int)(m->depth < FACTS_LABEL ? m->depth : FACTS_LABEL), 2, look->width);
	}
	if (p->members > p->nmember) {
		buf_clear(&words);
		buf_text(&words, "… ");
		words_count(&words, p->members - p->nmember, "more file", "more files");
		facts_line(s, look, "", STYLE_DIM, buf_slice(&words));
	}
	buf_fini(&words);
}

void
facts_of_part(struct sheet *s, const struct facts_look *look, const struct rec_part *p, bool head)
{
	facts_line(s, look, "name", STYLE_TITLE, p->filename);
	say_type(s, look, p);
	if (p->kind != PART_MULTIPART && p->ended)
		facts_size(s, look, p->size, p->missing, p->whole, NULL);
	if (p->has_sha256)
		facts_digest(s, look, "sha256", p->sha256, SHA256_SIZE);
	if (p->has_sha1)
		facts_digest(s, look, "sha1", p->sha1, SHA1_SIZE);
	if (p->has_md5)
		facts_digest(s, look, "md5", p->md5, MD5_SIZE);
	facts_line(s, look, "encoding", STYLE_PLAIN, p->encoding);
	if (!head) {
		facts_line(s, look, "sent as", STYLE_PLAIN, p->disposition);
		facts_line(s, look, "content id", STYLE_PLAIN, p->content_id);
	}
	facts_line(s, look, "about", STYLE_PLAIN, p->description);
	if (p->truncated)
		facts_line(s, look, "", STYLE_LOST, S("not all of it was looked into: a limit was hit"));
}

void
facts_inside(struct sheet *s, const struct facts_look *look, const struct rec_part *p)
{
	say_inner_facts(s, look, p);
	say_members(s, look, p);
}

void
facts_of_member(struct sheet *s, const struct facts_look *look, const struct rec_part *p, const struct rec_member *m)
{
	struct buf words;

	buf_init(&words, KiB);
	facts_line(s, look, "name", STYLE_TITLE, m->name);
	add_member_words(&words, m);
	facts_line(s, look, "size", m->encrypted ? STYLE_LATER : STYLE_PLAIN, buf_slice(&words));
	buf_clear(&words);
	if (m->packed != UINT64_MAX && !m->directory) {
		words_count(&words, m->packed, "byte", "bytes");
		facts_line(s, look, "packed", STYLE_PLAIN, buf_slice(&words));
		buf_clear(&words);
	}
	part_tree_name(p, &words);
	facts_line(s, look, "listed in", STYLE_PLAIN, buf_slice(&words));
	facts_line(s, look, "", STYLE_DIM, S("not unpacked here: save or pipe the part that holds it"));
	buf_fini(&words);
}

/* --- links --- */

static void
say_url(struct sheet *s, const struct facts_look *look, enum style style, slice url)
{
	struct buf changed;

	buf_init(&changed, 8 * KiB);
	if (look->live_links)
		buf_add(&changed, url);
	else
		defang_url(&changed, url);
	sheet_say(s, style, buf_slice(&changed));
	buf_fini(&changed);
}

static void
say_text(struct sheet *s, const struct facts_look *look, slice text)
{
	struct buf changed;

	buf_init(&changed, 8 * KiB);
	if (look->live_links)
		buf_add(&changed, text);
	else
		defang_text(&changed, text);
	sheet_say(s, STYLE_PLAIN, buf_slice(&changed));
	buf_fini(&changed);
}

void
facts_of_links(struct sheet *s, const struct facts_look *look, const struct rec_message *m)
{
	for (size_t i = 0; i < m->nurl; i++) {
		const struct rec_url *u = &m->url[i];
		const struct rec_part *p = u->part > 0 && u->part <= m->npart ? &m->part[u->part - 1] : NULL;

		if (p != NULL && p->path.n > 0 && (i == 0 || m->url[i - 1].part != u->part))
			facts_line(s, look, "in part", STYLE_DIM, p->path);
		if (u->text.n > 0) {
			facts_label(s, "shown as");
			say_text(s, look, u->text);
			facts_end(s, look);
		}
		facts_label(s, u->text.n > 0 ? "leads to" : "link");
		say_url(s, look, STYLE_LINK, u->url);
		facts_end(s, look);
		if (u->text.n > 0)
			facts_blank(s, look);
	}
	if (m->urls > m->nurl)
		facts_line(s, look, "", STYLE_DIM, S("… and more: a limit was hit"));
}
