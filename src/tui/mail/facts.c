#include "facts.h"

#include <string.h>

#include "base/crypto.h"
#include "base/defang.h"
#include "base/limits.h"
#include "base/words.h"

enum { LABEL = 11, VALUE_MOST = 512 };		/* of one value so much is shown: the other lines want to be seen, too */

/* --- lines --- */

static void
say_label(struct sheet *s, const char *name)
{
	struct buf label;

	buf_init(&label, 64);
	buf_text(&label, name);
	if (label.n < LABEL)
		buf_spaces(&label, LABEL - label.n);
	else
		buf_text(&label, " ");
	sheet_say(s, STYLE_DIM, buf_slice(&label));
	buf_fini(&label);
}

static void
end_line(struct sheet *s, const struct facts_look *look)
{
	sheet_end_line(s, 1, LABEL, look->width);
}

void
facts_line(struct sheet *s, const struct facts_look *look, const char *name, enum style style, slice value)
{
	size_t most = VALUE_MOST;

	if (value.n == 0)
		return;
	while (value.n > VALUE_MOST && most > 0 && (value.p[most] & 0xc0) == 0x80)	/* not inside a character */
		most--;
	say_label(s, name);
	sheet_say(s, style, slice_take(value, most));
	sheet_words(s, STYLE_DIM, value.n > most ? " …" : "");
	end_line(s, look);
}

static void
blank_line(struct sheet *s, const struct facts_look *look)
{
	sheet_words(s, STYLE_PLAIN, " ");
	sheet_end_line(s, 0, 0, look->width);
}

static void
title(struct sheet *s, const struct facts_look *look, const char *words)
{
	blank_line(s, look);
	sheet_words(s, STYLE_TITLE, words);
	sheet_end_line(s, 1, 0, look->width);
}

static void
say_digest(struct sheet *s, const struct facts_look *look, const char *name, const uint8_t *digest, size_t n)
{
	char hex[SHA256_HEX];

	facts_line(s, look, name, STYLE_PLAIN, slice_of(hex_encode((slice){ digest, n }, hex)));
}

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

/* --- addresses and recipients --- */

void
facts_addresses(struct buf *out, const struct rec_address *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct rec_address *a = &v[i];

		buf_text(out, i > 0 ? ", " : "");
		if (a->group.n > 0 && a->address.n == 0) {
			buf_add(out, a->group);
			buf_text(out, ":;");
			continue;
		}
		if (a->name.n > 0) {
			buf_add(out, a->name);
			buf_text(out, " <");
		}
		buf_add(out, a->address);
		buf_text(out, a->name.n > 0 ? ">" : "");
	}
}

enum style
facts_reply_style(int code)
{
	return code == 0 ? STYLE_DIM : code < 400 ? STYLE_GOOD : code < 500 ? STYLE_LATER : STYLE_BAD;
}

void
facts_reply(struct buf *out, const struct rec_reply *r)
{
	if (r->code == 0)
		return;
	buf_printf(out, "%d ", r->code);
	buf_add(out, r->enhanced);
	buf_text(out, r->enhanced.n > 0 ? " " : "");
	buf_add(out, r->text);
}

const char *
facts_fate(const struct rec_message *m, const struct rec_recipient *r, bool open)
{
	if (r->reply.code == 0)
		return open ? "waits" : "unanswered";
	if (r->reply.code >= 500)
		return "refused";
	if (r->reply.code >= 400)
		return "put off";
	return m->status == MAIL_ACCEPTED && !open ? "got it" : "taken";
}

static void
say_recipient(struct sheet *s, const struct facts_look *look, const struct rec_message *m, const struct rec_recipient *r)
{
	struct buf words;

	buf_init(&words, 4 * KiB);
	say_label(s, facts_fate(m, r, look->open));
	sheet_say(s, STYLE_PLAIN, r->address);
	facts_reply(&words, &r->reply);
	if (words.n > 0) {
		sheet_words(s, STYLE_PLAIN, "  ");
		sheet_say(s, facts_reply_style(r->reply.code), buf_slice(&words));
	}
	end_line(s, look);
	buf_fini(&words);
}

/* Those who did not get it come first: they are why one looks. */
static void
say_recipients(struct sheet *s, const struct facts_look *look, const struct rec_message *m)
{
	struct buf words;

	for (int bad = 1; bad >= 0; bad--)
		for (size_t i = 0; i < m->nrecipient; i++)
			if ((m->recipient[i].reply.code >= 400 || m->recipient[i].reply.code == 0) == bad)
				say_recipient(s, look, m, &m->recipient[i]);
	if (m->recipients == m->nrecipient)
		return;
	buf_init(&words, 64);
	buf_text(&words, "… and ");
	words_count(&words, m->recipients - m->nrecipient, "other", "others");
	facts_line(s, look, "", STYLE_DIM, buf_slice(&words));
	buf_fini(&words);
}

enum style
facts_status_style(const struct rec_message *m, bool open)
{
	if (open)
		return STYLE_INFO;
	switch (m->status) {
	case MAIL_ACCEPTED:
		return m->accepted_recipients < m->recipients ? STYLE_LATER : STYLE_GOOD;
	case MAIL_REJECTED:
	case MAIL_REFUSED:
		return m->reply.code >= 500 ? STYLE_BAD : STYLE_LATER;
	case MAIL_ABORTED:
	case MAIL_UNANSWERED:
		return STYLE_BAD;
	default:
		return STYLE_LATER;
	}
}

void
facts_status(struct buf *out, const struct rec_message *m, bool open)
{
	char number[WORDS_NUMBER];

	if (open) {
		buf_text(out, m->has_content ? "under way: its content comes" : "under way");
		return;
	}
	buf_text(out, mail_status_name(m->status));
	if (m->stage != NULL && m->status != MAIL_ACCEPTED)
		buf_printf(out, " at %s", m->stage);
	if (m->recipients == 1 && m->nrecipient == 1) {
		buf_text(out, " for ");
		buf_add(out, m->recipient[0].address);
	} else if (m->status == MAIL_ACCEPTED && m->recipients > 0) {
		buf_text(out, " for ");
		if (m->accepted_recipients < m->recipients)
			buf_printf(out, "%s of ", words_number(m->accepted_recipients, number));
		words_count(out, m->recipients, "recipient", "recipients");
	}
	if (m->reply.code == 0)
		return;
	buf_text(out, " · ");
	facts_reply(out, &m->reply);
}

/* --- the message --- */

static void
say_envelope(struct sheet *s, const struct facts_look *look, const struct rec_message *m)
{
	struct buf words;

	buf_init(&words, 4 * KiB);
	facts_status(&words, m, look->open);
	facts_line(s, look, "status", facts_status_style(m, look->open), buf_slice(&words));
	if (m->has_mail_from)
		facts_line(s, look, "MAIL FROM", STYLE_PLAIN, m->null_sender ? S("<> (a report: nobody is to be told)") : m->mail_from);
	say_recipients(s, look, m);
	buf_fini(&words);
}

static void
say_size(struct sheet *s, const struct facts_look *look, uint64_t size, uint64_t missing, bool whole, const char *beside)
{
	struct buf words;

	buf_init(&words, 256);
	words_count(&words, size, "byte", "bytes");
	if (whole) {
		buf_text(&words, ", whole");
	} else if (missing > 0) {
		buf_text(&words, ", partial: ");
		words_count(&words, missing, "byte is missing", "bytes are missing");
	} else {
		buf_text(&words, ", partial: its end was not seen");
	}
	if (beside != NULL)
		buf_printf(&words, " · by %s", beside);
	facts_line(s, look, "size", whole ? STYLE_PLAIN : STYLE_LOST, buf_slice(&words));
	buf_fini(&words);
}

/* RFC 5322 names against RFC 5321's: who is shown, and who sent. */
static void
say_sender(struct sheet *s, const struct facts_look *look, const struct rec_message *m)
{
	struct buf words;

	buf_init(&words, 4 * KiB);
	facts_addresses(&words, m->from, m->nfrom);
	facts_line(s, look, "From", STYLE_PLAIN, buf_slice(&words));
	buf_clear(&words);
	facts_addresses(&words, m->to, m->nto);
	facts_line(s, look, "To", STYLE_PLAIN, buf_slice(&words));
	buf_clear(&words);
	facts_addresses(&words, m->cc, m->ncc);
	facts_line(s, look, "Cc", STYLE_PLAIN, buf_slice(&words));
	buf_clear(&words);
	facts_addresses(&words, m->reply_to, m->nreply_to);
	facts_line(s, look, "Reply-To", STYLE_PLAIN, buf_slice(&words));
	buf_fini(&words);
}

static void
say_finding(struct sheet *s, const struct facts_look *look, const struct rec_finding *f, bool detail)
{
	const struct finding_info *info = finding_info(f->finding);

	say_label(s, severity_name(info->severity));
	sheet_words(s, sheet_severity(info->severity), info->id);
	sheet_words(s, STYLE_PLAIN, "  ");
	sheet_say(s, STYLE_PLAIN, detail && f->detail.n > 0 ? f->detail : slice_of(info->seen));
	end_line(s, look);
}

static void
say_findings(struct sheet *s, const struct facts_look *look, const struct rec_message *m)
{
	if (m->findings.n > 0)
		title(s, look, "findings");
	for (size_t i = 0; i < m->findings.n; i++)
		say_finding(s, look, &m->findings.v[i], true);
}

void
facts_of_file(struct sheet *s, const struct facts_look *look, const struct rec_message *m, slice file)
{
	for (size_t i = 0; i < m->findings.n; i++)
		if (part_tree_speaks_of(&m->findings.v[i], file))
			say_finding(s, look, &m->findings.v[i], false);
}

void
facts_of_message(struct sheet *s, const struct facts_look *look, const struct unit *u)
{
	const struct rec_message *m = u->message;
	char text[NSTIME_TEXT];
	int before;

	say_envelope(s, look, m);
	blank_line(s, look);
	before = s->height;
	say_sender(s, look, m);
	facts_line(s, look, "Subject", STYLE_TITLE, m->subject);
	facts_line(s, look, "Date", STYLE_PLAIN, m->date);
	facts_line(s, look, "Message-ID", STYLE_PLAIN, m->message_id);
	facts_line(s, look, "program", STYLE_PLAIN, m->user_agent);
	if (s->height > before)
		blank_line(s, look);
	facts_line(s, look, "sent at", STYLE_PLAIN, slice_of(when_date(&look->when, m->time, text)));
	facts_line(s, look, "queue id", STYLE_PLAIN, m->queue_id);
	facts_line(s, look, "auth", STYLE_PLAIN, m->auth_user);
	facts_line(s, look, "encrypted", STYLE_GOOD, m->encrypted ? S("yes, and decrypted here") : SLICE_NONE);
	if (m->has_content && !look->open)
		say_size(s, look, m->size, m->missing, m->whole, m->transfer);
	if (m->has_sha256)
		say_digest(s, look, "sha256", m->sha256, SHA256_SIZE);
	say_findings(s, look, m);
}

/* --- a part --- */

static void
say_type(struct sheet *s, const struct facts_look *look, const struct rec_part *p)
{
	const char *differs = part_tree_differs(p);

	say_label(s, "type");
	sheet_say(s, STYLE_PLAIN, p->content_type);
	if (p->charset.n > 0) {
		sheet_words(s, STYLE_DIM, "; charset=");
		sheet_say(s, STYLE_PLAIN, p->charset);
	}
	if (!p->declared)
		sheet_words(s, STYLE_DIM, " (nothing was declared)");
	if (differs != NULL) {
		sheet_words(s, part_tree_differs_style(p), part_tree_differs_style(p) == STYLE_BAD ? ", but its bytes are " : "; its bytes are ");
		sheet_words(s, part_tree_differs_style(p), differs);
	} else if (p->detected != NULL && slice_eq(p->content_type, slice_of(p->detected)))
		sheet_words(s, STYLE_DIM, ", and its bytes agree");
	end_line(s, look);
}

static void
say_inner_facts(struct sheet *s, const struct facts_look *look, const struct rec_part *p)
{
	unsigned group = 0;

	if (p->nfact > 0)
		title(s, look, "what it says");
	for (size_t i = 0; i < p->nfact; i++) {
		const struct rec_fact *f = &p->fact[i];
		struct buf name;

		if (f->group != group && i > 0)
			blank_line(s, look);
		group = f->group;
		buf_init(&name, KiB);
		buf_add(&name, f->name);
		if (name.n < 2 * LABEL)
			buf_spaces(&name, 2 * LABEL - name.n);
		else
			buf_text(&name, " ");
		sheet_say(s, STYLE_DIM, buf_slice(&name));
		sheet_say(s, STYLE_PLAIN, f->value);
		sheet_end_line(s, 1, 2 * LABEL, look->width);
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
	title(s, look, "files in it");
	buf_init(&words, KiB);
	for (size_t i = 0; i < p->nmember; i++) {
		const struct rec_member *m = &p->member[i];

		buf_clear(&words);
		add_member_words(&words, m);
		sheet_say(s, STYLE_PLAIN, m->name.n > 0 ? m->name : S("(no name)"));
		sheet_words(s, STYLE_DIM, "  ");
		sheet_say(s, m->encrypted ? STYLE_LATER : STYLE_DIM, buf_slice(&words));
		sheet_end_line(s, 1 + 2 * (int)(m->depth < LABEL ? m->depth : LABEL), 2, look->width);
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
		say_size(s, look, p->size, p->missing, p->whole, NULL);
	if (p->has_sha256)
		say_digest(s, look, "sha256", p->sha256, SHA256_SIZE);
	if (p->has_sha1)
		say_digest(s, look, "sha1", p->sha1, SHA1_SIZE);
	if (p->has_md5)
		say_digest(s, look, "md5", p->md5, MD5_SIZE);
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

void
facts_of_links(struct sheet *s, const struct facts_look *look, const struct rec_message *m)
{
	for (size_t i = 0; i < m->nurl; i++) {
		const struct rec_url *u = &m->url[i];
		const struct rec_part *p = u->part > 0 && u->part <= m->npart ? &m->part[u->part - 1] : NULL;

		if (p != NULL && p->path.n > 0)
			facts_line(s, look, i > 0 && m->url[i - 1].part == u->part ? "" : "in part", STYLE_DIM, i > 0 && m->url[i - 1].part == u->part ? SLICE_NONE : p->path);
		if (u->text.n > 0) {
			say_label(s, "shown as");
			say_text(s, look, u->text);
			end_line(s, look);
		}
		say_label(s, u->text.n > 0 ? "leads to" : "link");
		say_url(s, look, STYLE_LINK, u->url);
		end_line(s, look);
		if (u->text.n > 0)
			blank_line(s, look);
	}
	if (m->urls > m->nurl)
		facts_line(s, look, "", STYLE_DIM, S("… and more: a limit was hit"));
}
