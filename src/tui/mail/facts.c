#include "facts_inside.h"

#include <string.h>

#include "base/crypto.h"
#include "base/limits.h"
#include "base/words.h"

enum { VALUE_MOST = 512 };		/* of one value so much is shown: the other lines want to be seen, too */

/* --- lines --- */

void
facts_label(struct sheet *s, const char *name)
{
	struct buf label;

	buf_init(&label, 64);
	buf_text(&label, name);
	if (label.n < FACTS_LABEL)
		buf_spaces(&label, FACTS_LABEL - label.n);
	else
		buf_text(&label, " ");
	sheet_say(s, STYLE_DIM, buf_slice(&label));
	buf_fini(&label);
}

void
facts_end(struct sheet *s, const struct facts_look *look)
{
	sheet_end_line(s, 1, FACTS_LABEL, look->width);
}

void
facts_line(struct sheet *s, const struct facts_look *look, const char *name, enum style style, slice value)
{
	size_t most = VALUE_MOST;

	if (value.n == 0)
		return;
	while (value.n > VALUE_MOST && most > 0 && (value.p[most] & 0xc0) == 0x80)	/* not inside a character */
		most--;
	facts_label(s, name);
	sheet_say(s, style, slice_take(value, most));
	sheet_words(s, STYLE_DIM, value.n > most ? " …" : "");
	facts_end(s, look);
}

void
facts_blank(struct sheet *s, const struct facts_look *look)
{
	sheet_words(s, STYLE_PLAIN, " ");
	sheet_end_line(s, 0, 0, look->width);
}

void
facts_title(struct sheet *s, const struct facts_look *look, const char *words)
{
	facts_blank(s, look);
	sheet_words(s, STYLE_TITLE, words);
	sheet_end_line(s, 1, 0, look->width);
}

void
facts_digest(struct sheet *s, const struct facts_look *look, const char *name, const uint8_t *digest, size_t n)
{
	char hex[SHA256_HEX];

	facts_line(s, look, name, STYLE_PLAIN, slice_of(hex_encode((slice){ digest, n }, hex)));
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
	facts_label(s, facts_fate(m, r, look->open));
	sheet_say(s, STYLE_PLAIN, r->address);
	facts_reply(&words, &r->reply);
	if (words.n > 0) {
		sheet_words(s, STYLE_PLAIN, "  ");
		sheet_say(s, facts_reply_style(r->reply.code), buf_slice(&words));
	}
	facts_end(s, look);
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
		facts_line(s, look, "MAIL FROM", STYLE_PLAIN, 
		    m->null_sender ? S("<> (a report: nobody is to be told)") : m->mail_from);
	say_recipients(s, look, m);
	buf_fini(&words);
}

void
facts_size(struct sheet *s, const struct facts_look *look, uint64_t size, uint64_t missing, bool whole, const char *beside)
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

	facts_label(s, severity_name(info->severity));
	sheet_words(s, sheet_severity(info->severity), info->id);
	sheet_words(s, STYLE_PLAIN, "  ");
	sheet_say(s, STYLE_PLAIN, detail && f->detail.n > 0 ? f->detail : slice_of(info->seen));
	facts_end(s, look);
}

static void
say_findings(struct sheet *s, const struct facts_look *look, const struct rec_message *m)
{
	if (m->findings.n > 0)
		facts_title(s, look, "findings");
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
	facts_blank(s, look);
	before = s->height;
	say_sender(s, look, m);
	facts_line(s, look, "Subject", STYLE_TITLE, m->subject);
	facts_line(s, look, "Date", STYLE_PLAIN, m->date);
	facts_line(s, look, "Message-ID", STYLE_PLAIN, m->message_id);
	facts_line(s, look, "program", STYLE_PLAIN, m->user_agent);
	if (s->height > before)
		facts_blank(s, look);
	facts_line(s, look, "sent at", STYLE_PLAIN, slice_of(when_date(&look->when, m->time, text)));
	facts_line(s, look, "queue id", STYLE_PLAIN, m->queue_id);
	facts_line(s, look, "auth", STYLE_PLAIN, m->auth_user);
	facts_line(s, look, "encrypted", STYLE_GOOD, m->encrypted ? S("yes, and decrypted here") : SLICE_NONE);
	if (m->has_content && !look->open)
		facts_size(s, look, m->size, m->missing, m->whole, m->transfer);
	if (m->has_sha256)
		facts_digest(s, look, "sha256", m->sha256, SHA256_SIZE);
	say_findings(s, look, m);
}
