/*
 * tls.c - what is known of encryption in the session that is chosen: whether
 * it was offered, asked for, and came about; what crossed in clear, and how
 * much is inside; what is wrong with it; and what nobody can see.
 *
 * Facts of the record, and of the ladder, which knows where TLS began and
 * ended. Only what they hold is said.
 */
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "tui/view.h"
#include "tui/widgets/explain.h"
#include "tui/widgets/session_title.h"

enum { LABEL = 14, MARGIN = 1, RIGHT_MOST = 110 };

#define NONE SIZE_MAX

/* What the ladder told, up to a version of the dossier. */
struct seen {
	uint32_t item;
	uint64_t version;
	size_t asked, answer, begins, ends, not;	/* rungs, or NONE */
	uint64_t before[2], inside[2], after[2];	/* bytes of each side */
	unsigned contents_clear, contents_inside;
	bool ehlo;					/* was answered 250 in clear: what was offered is known */
};

struct state {
	struct app *app;
	struct session_title title;
	struct sheet sheet;
	struct seen seen;
	int top, height;
};

static void
open_view(void *self, struct app *app)
{
	struct state *s = self;

	s->app = app;
	s->seen.item = NO_ITEM;
	session_title_init(&s->title);
	sheet_init(&s->sheet);
}

static void
close_view(void *self)
{
	struct state *s = self;

	session_title_fini(&s->title);
	sheet_fini(&s->sheet);
}

/* --- what the ladder tells --- */

static void
see_said(struct seen *seen, size_t index, const struct rung *r)
{
	bool begun = seen->begins != NONE;

	if (r->decrypted) {
		seen->contents_inside += r->kind == RUNG_CONTENT;
		return;
	}
	(begun ? seen->after : seen->before)[r->dir] += r->length;
	seen->contents_clear += r->kind == RUNG_CONTENT;
	if (r->verb == WAIT_STARTTLS && !r->is_reply)
		seen->asked = index;
	else if (r->verb == WAIT_STARTTLS && seen->begins == NONE)
		seen->answer = index;
	seen->ehlo |= r->is_reply && (r->verb == WAIT_EHLO || r->verb == WAIT_LHLO) && r->code == 250;
}

static void
see_rung(struct seen *seen, size_t index, const struct rung *r)
{
	if (r->kind == RUNG_TLS) {
		seen->begins = index;
		seen->ends = NONE;
		for (int d = 0; d < 2; d++)
			seen->inside[d] += r->bytes[d];
	} else if (r->of_tls && seen->begins != NONE)
		seen->ends = index;
	else if (r->of_tls)
		seen->not = index;
	else if (r->kind == RUNG_SAID || r->kind == RUNG_CONTENT)
		see_said(seen, index, r);
}

static void
look(struct state *s, const struct dossier *d)
{
	struct seen *seen = &s->seen;
	const struct ladder *l = dossier_ladder(d);

	if (seen->item == dossier_item(d) && seen->version == dossier_version(d) && dossier_percent(d) == 100)
		return;
	*seen = (struct seen){
		.item = dossier_item(d), .version = dossier_version(d),
		.asked = NONE, .answer = NONE, .begins = NONE, .ends = NONE, .not = NONE,
	};
	for (size_t i = 0; i < ladder_count(l); i++) {
		struct rung r = ladder_at(l, i);

		see_rung(seen, i, &r);
	}
}

/* --- sentences --- */

static void
label(struct state *s, const char *words)
{
	char padded[LABEL + 1];
	size_t n = strlen(words);

	memset(padded, ' ', LABEL);
	memcpy(padded, words, n < LABEL ? n : LABEL);
	padded[LABEL] = '\0';
	sheet_words(&s->sheet, STYLE_DIM, padded);
}

static void
end_line(struct state *s, int width)
{
	sheet_end_line(&s->sheet, MARGIN, LABEL, width < RIGHT_MOST ? width - 1 : RIGHT_MOST);
}

static void
blank(struct state *s, int width)
{
	sheet_words(&s->sheet, STYLE_PLAIN, " ");
	end_line(s, width);
}

static void
say_time(struct state *s, const struct dossier *d, nstime time)
{
	const struct when *when = &app_options(s->app)->when;
	char text[NSTIME_TEXT];

	if (when->format == TIME_NONE || when->format == TIME_DELTA)
		return;
	sheet_words(&s->sheet, STYLE_DIM, when->format == TIME_RELATIVE ? " after " : " at ");
	sheet_words(&s->sheet, STYLE_DIM, when_text(when, time, dossier_start(d), time, text));
	if (when->format == TIME_RELATIVE)
		sheet_words(&s->sheet, STYLE_DIM, " s");
}

static bool
offers_starttls(const struct rec_session *r)
{
	for (size_t i = 0; i < r->ncapability; i++)
		if (slice_ieq(slice_trim(r->capability[i]), S("STARTTLS")))
			return true;
	return false;
}

static bool
has(const struct rec_session *r, enum finding f)
{
	return rec_findings_have(&r->findings, f);
}

struct verdict { enum style style; const char *head, *words; };

static bool
went_on_in_clear(const struct seen *seen)
{
	return seen->after[DIR_CLIENT] + seen->after[DIR_SERVER] > 0;
}

static struct verdict
verdict_of_tls(const struct seen *seen, const struct rec_session *r)
{
	bool turned = has(r, FINDING_SMTP_STARTTLS) || has(r, FINDING_SMTP_IMPLICIT_TLS);

	if (seen->ends != NONE && went_on_in_clear(seen))
		return (struct verdict){ STYLE_BAD, "TLS failed", "what followed went in clear" };
	if (seen->ends != NONE && !turned)
		return (struct verdict){ STYLE_BAD, "TLS failed", "before keys were in use" };
	if (!turned)
		return (struct verdict){ STYLE_LATER, "TLS began", "no sign that keys were in use was captured" };
	return (struct verdict){ STYLE_GOOD, "Encrypted", r->tls_facts.mode != NULL && strcmp(r->tls_facts.mode, "implicit") == 0
	    ? "from the first byte on" : "from STARTTLS on" };
}

static struct verdict
verdict_of_clear(const struct seen *seen, const struct rec_session *r)
{
	if (seen->not != NONE || r->tls_broken)
		return (struct verdict){ STYLE_BAD, "In clear", "STARTTLS was answered 220, but no TLS followed" };
	if (has(r, FINDING_SMTP_STARTTLS_STRIPPED))
		return (struct verdict){ STYLE_ALERT, "In clear", "somebody on the way overwrote the server's STARTTLS" };
	if (has(r, FINDING_SMTP_STARTTLS_REFUSED))
		return (struct verdict){ STYLE_LATER, "In clear", "STARTTLS was offered, asked for, and refused" };
	if (offers_starttls(r))
		return (struct verdict){ STYLE_LATER, "In clear", "the server offered STARTTLS, and the client did not use it" };
	if (seen->ehlo)
		return (struct verdict){ STYLE_PLAIN, "In clear", "the server did not offer STARTTLS" };
	if (slice_eq(r->helo_verb, S("HELO")))
		return (struct verdict){ STYLE_PLAIN, "In clear", "the client said HELO, so that the server could offer nothing" };
	return (struct verdict){ STYLE_PLAIN, "In clear", "whether the server offered STARTTLS was not captured" };
}

static void
say_verdict(struct state *s, const struct rec_session *r, int width)
{
	struct verdict v = s->seen.begins != NONE ? verdict_of_tls(&s->seen, r) : verdict_of_clear(&s->seen, r);

	sheet_words(&s->sheet, v.style, v.head);
	sheet_words(&s->sheet, STYLE_PLAIN, ": ");
	sheet_words(&s->sheet, STYLE_PLAIN, v.words);
	sheet_words(&s->sheet, STYLE_PLAIN, ".");
	end_line(s, width);
	blank(s, width);
}

static void
say_offer(struct state *s, const struct rec_session *r, int width)
{
	bool implicit = r->tls_facts.mode != NULL && strcmp(r->tls_facts.mode, "implicit") == 0;

	if (implicit)
		return;
	label(s, "offered");
	if (offers_starttls(r))
		sheet_words(&s->sheet, STYLE_PLAIN, "yes, in the reply to EHLO");
	else
		sheet_words(&s->sheet, STYLE_PLAIN, s->seen.ehlo ? "no: the reply to EHLO has no STARTTLS" : "not known");
	end_line(s, width);
}

static void
say_request(struct state *s, const struct dossier *d, int width)
{
	const struct ladder *l = dossier_ladder(d);
	struct rung r;

	if (s->seen.asked == NONE)
		return;
	r = ladder_at(l, s->seen.asked);
	label(s, "asked for");
	sheet_say(&s->sheet, STYLE_CLIENT, r.text);
	say_time(s, d, r.time);
	if (s->seen.answer != NONE) {
		r = ladder_at(l, s->seen.answer);
		sheet_words(&s->sheet, STYLE_DIM, ", answered ");
		sheet_say(&s->sheet, r.code >= 400 ? STYLE_LATER : STYLE_SERVER, r.text);
	} else
		sheet_words(&s->sheet, STYLE_DIM, ", no answer was seen");
	end_line(s, width);
}

static void
say_begin(struct state *s, const struct dossier *d, int width)
{
	struct rung r;

	if (s->seen.begins == NONE)
		return;
	r = ladder_at(dossier_ladder(d), s->seen.begins);
	label(s, "begins");
	sheet_words(&s->sheet, STYLE_PLAIN, r.dir == DIR_CLIENT ? "with the client's hello"
	    : "with the server's hello; the client's was not captured");
	say_time(s, d, r.time);
	end_line(s, width);
	if (s->seen.ends == NONE)
		return;
	label(s, "ends");
	r = ladder_at(dossier_ladder(d), s->seen.ends);
	sheet_words(&s->sheet, STYLE_BAD, "in the middle of the handshake, or by an alert that crossed in clear");
	say_time(s, d, r.time);
	end_line(s, width);
}

static void
say_version(struct state *s, const struct rec_session *r, int width)
{
	static const struct { uint16_t version; const char *name; } names[] = {
		{ 0x0300, "SSL 3.0" }, { 0x0301, "TLS 1.0" }, { 0x0302, "TLS 1.1" }, { 0x0303, "TLS 1.2" }, { 0x0304, "TLS 1.3" },
	};
	const char *name = "a version that is not known";
	char text[16];

	if (r->tls_facts.record_version == 0 || s->seen.begins == NONE)
		return;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].version == r->tls_facts.record_version)
			name = names[i].name;
	label(s, "version");
	snprintf(text, sizeof text, "0x%04x, ", r->tls_facts.record_version);
	sheet_words(&s->sheet, STYLE_PLAIN, "the first record says ");
	sheet_words(&s->sheet, STYLE_PLAIN, text);
	sheet_words(&s->sheet, STYLE_PLAIN, name);
	/* RFC 8446 5.1: a field that is there for old machines, and ignored. */
	sheet_words(&s->sheet, STYLE_DIM, "; that is no sign of what was agreed on, which is not read");
	end_line(s, width);
}

static void
say_bytes(struct state *s, const char *what, enum style style, const uint64_t bytes[2], int width)
{
	char number[WORDS_NUMBER];

	if (bytes[DIR_CLIENT] + bytes[DIR_SERVER] == 0)
		return;
	label(s, what);
	sheet_words(&s->sheet, style, words_number(bytes[DIR_CLIENT], number));
	sheet_words(&s->sheet, STYLE_DIM, " bytes from the client, ");
	sheet_words(&s->sheet, style, words_number(bytes[DIR_SERVER], number));
	sheet_words(&s->sheet, STYLE_DIM, " from the server");
	end_line(s, width);
}

/* Was it sent before TLS, or where there was none? Findings say it of the session, not of each. */
static void
say_auth(struct state *s, const struct rec_session *r, int width)
{
	bool clear = has(r, FINDING_SMTP_AUTH_CLEARTEXT);

	for (size_t i = 0; i < r->nauth; i++) {
		const struct rec_auth *a = &r->auth[i];

		label(s, i == 0 ? "credentials" : "");
		sheet_say(&s->sheet, STYLE_PLAIN, a->mechanism);
		if (a->user.n > 0) {
			sheet_words(&s->sheet, STYLE_PLAIN, " for ");
			sheet_say(&s->sheet, STYLE_LINK, a->user);
		}
		sheet_words(&s->sheet, a->accepted ? STYLE_GOOD : STYLE_LATER,
		    a->accepted ? ", accepted" : a->cancelled ? ", cancelled" : ", refused");
		if (s->seen.begins == NONE && clear)
			sheet_words(&s->sheet, STYLE_BAD, ": in clear, readable on the way");
		else if (s->seen.begins == NONE)
			sheet_words(&s->sheet, STYLE_PLAIN, ": nothing secret in clear");
		end_line(s, width);
	}
}

static void
say_mail(struct state *s, int width)
{
	char number[WORDS_NUMBER];

	if (s->seen.contents_clear == 0)
		return;
	label(s, "mail");
	sheet_words(&s->sheet, STYLE_PLAIN, words_number(s->seen.contents_clear, number));
	sheet_words(&s->sheet, STYLE_PLAIN, s->seen.contents_clear == 1
	    ? " message crossed in clear: anybody on the way could read or change it"
	    : " messages crossed in clear: anybody on the way could read or change them");
	end_line(s, width);
}

static bool
is_of_tls(enum finding f)
{
	slice id = slice_of(finding_info(f)->id);

	return slice_starts(id, S("tls.")) || slice_starts(id, S("smtp.starttls")) || slice_starts(id, S("smtp.auth-cleartext"))
	    || f == FINDING_SMTP_IMPLICIT_TLS;
}

static void
say_findings(struct state *s, const struct rec_session *r, int width)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct rec_finding *f = &r->findings.v[i];
		struct explained e = {
			.finding = f->finding, .detail = f->detail, .dir = f->dir, .offset = f->offset, .packet = f->packet,
		};

		if (!is_of_tls(f->finding))
			continue;
		blank(s, width);
		explain_finding(&s->sheet, &e, MARGIN, width < RIGHT_MOST ? width - 1 : RIGHT_MOST, 0);
	}
}

static void
say_hidden(struct state *s, const struct rec_session *r, int width)
{
	if (!has(r, FINDING_SMTP_STARTTLS) && !has(r, FINDING_SMTP_IMPLICIT_TLS))
		return;
	blank(s, width);
	sheet_words(&s->sheet, STYLE_DIM, "What was said inside TLS cannot be seen here: "
	    "commands, credentials, recipients and mail are encrypted. Packets, sizes and times are not: view 2 shows them.");
	sheet_end_line(&s->sheet, MARGIN, 0, width < RIGHT_MOST ? width - 1 : RIGHT_MOST);
}

static void
fill(struct state *s, struct dossier *d, const struct rec_session *r, int width)
{
	look(s, d);
	say_verdict(s, r, width);
	say_offer(s, r, width);
	say_request(s, d, width);
	say_begin(s, d, width);
	say_version(s, r, width);
	say_bytes(s, s->seen.begins != NONE ? "before, clear" : "in clear", STYLE_PLAIN, s->seen.before, width);
	say_bytes(s, "inside TLS", STYLE_GOOD, s->seen.inside, width);
	say_bytes(s, "after, clear", STYLE_BAD, s->seen.after, width);
	say_mail(s, width);
	say_auth(s, r, width);
	say_findings(s, r, width);
	say_hidden(s, r, width);
}

/* False: there is nothing to tell; why. */
static bool
make_page(struct state *s, int width, const char **why)
{
	struct dossier *d = app_dossier(s->app);
	struct unit unit;

	sheet_clear(&s->sheet);
	*why = "Choose a session in the list: 1";
	if (d == NULL)
		return false;
	*why = "The record of this session was let go to make room for what came later";
	if (!dossier_unit(d, &unit))
		return false;
	*why = "No session came of this connection: there was nothing to encrypt";
	if (unit.session == NULL)
		return false;
	fill(s, d, unit.session, width);
	return true;
}

static void
draw(void *self, struct area area)
{
	struct state *s = self;
	int y = session_title_draw(&s->title, s->app, area);
	const char *why;
	slice words = app_search_words(s->app);

	y += area.height > 12;
	s->height = area.height - y;
	area = area_part(area, 0, y, area.width, s->height);
	if (!make_page(s, area.width, &why)) {
		canvas_words(area, 1, 0, STYLE_DIM, why);
		return;
	}
	if (s->top > s->sheet.height - s->height)
		s->top = s->sheet.height > s->height ? s->sheet.height - s->height : 0;
	sheet_draw(&s->sheet, area, 0, s->top);
	for (int line = 0; line < area.height; line++)
		canvas_mark_found(area, line, words);
}

static void
refresh(void *self)
{
	struct state *s = self;

	if (app_session(s->app) != s->seen.item)
		s->top = 0;
}

static enum act_result
act(void *self, enum action action)
{
	struct state *s = self;

	switch (action) {
	case ACTION_DOWN: s->top++; break;
	case ACTION_UP: s->top--; break;
	case ACTION_HALF_DOWN: s->top += s->height / 2; break;
	case ACTION_HALF_UP: s->top -= s->height / 2; break;
	case ACTION_PAGE_DOWN: s->top += s->height - 1; break;
	case ACTION_PAGE_UP: s->top -= s->height - 1; break;
	case ACTION_FIRST: s->top = 0; break;
	case ACTION_LAST: s->top = s->sheet.height; break;
	case ACTION_OPEN: app_show(s->app, ACTION_VIEW_LADDER); break;
	default: return ACT_NOT_MINE;
	}
	if (s->top > s->sheet.height - s->height)
		s->top = s->sheet.height - s->height;
	if (s->top < 0)
		s->top = 0;
	return ACT_DONE;
}

static enum act_result
mouse(void *self, const struct mouse *m)
{
	return m->kind == MOUSE_WHEEL_DOWN ? act(self, ACTION_DOWN) : m->kind == MOUSE_WHEEL_UP ? act(self, ACTION_UP) : ACT_NOT_MINE;
}

static void
status(void *self, struct buf *out)
{
	struct state *s = self;

	if (s->sheet.height > s->height && s->height > 0)
		buf_printf(out, "%d–%d/%d", s->top + 1, s->top + s->height, s->sheet.height);
}

static void
text(void *self, struct buf *out)
{
	struct state *s = self;
	const char *why;

	if (make_page(s, RIGHT_MOST, &why))
		sheet_print(&s->sheet, out);
}

const struct view_ops view_tls = {
	.name = "TLS", .tab = "8TLS", .where = IN_TLS, .of_session = true,
	.useful = { ACTION_NEXT_SESSION, ACTION_PREVIOUS_SESSION, ACTION_VIEW_LADDER, ACTION_VIEW_FIND, ACTION_BACK, ACTION_HELP },
	.state_size = sizeof(struct state), .open = open_view, .close = close_view, .refresh = refresh, .draw = draw, .act = act,
	.mouse = mouse, .status = status, .text = text,
};
