#include "row_words.h"

#include "base/words.h"

static const char *
side(enum dir dir)
{
	return dir == DIR_CLIENT ? "client" : "server";
}

void
row_say_opened(struct buf *out, const struct ev_open *open)
{
	const struct tcp_facts *tcp = open->tcp;

	if (tcp != NULL && tcp->midstream)
		buf_add(out, S("picked up midstream: the beginning was not captured"));
	else
		buf_add(out, S("connected"));
}

/* "QUIT, then FIN by the client". That a word is missing is told only where nothing was lost. */
static void
say_ended_by(struct buf *out, const char *flag, const struct ev_close *close, const struct farewell *bye)
{
	bool unseen = bye->hidden || (close->tcp != NULL && close->tcp->one_sided);
	bool lost_client = bye->lost[DIR_CLIENT] || unseen, lost_server = bye->lost[DIR_SERVER] || unseen;
	const char *last = bye->quit && !bye->bye && !lost_server ? "QUIT (not answered), then "
	    : bye->quit ? "QUIT, then " : bye->bye ? "221, then " : bye->closing ? "421, then " : "";

	buf_printf(out, "closed: %s%s by the %s%s", last, flag, side(close->who),
	    *last == '\0' && !lost_client ? ", without QUIT" : "");
}

void
row_say_closed(struct buf *out, const struct ev_close *close, const struct farewell *bye)
{
	switch (close->why) {
	case WHY_FIN:
		say_ended_by(out, "FIN", close, bye);
		break;
	case WHY_RST:
		say_ended_by(out, "RST", close, bye);
		break;
	case WHY_IDLE:
		buf_add(out, S("not closed: silent until the time-out"));
		break;
	case WHY_EVICTED:
		buf_add(out, S("not followed to its end: the memory budget was used up"));
		break;
	case WHY_END_OF_CAPTURE:
		buf_add(out, S("not closed: the capture ends here"));
		break;
	}
}

void
row_say_tls(struct buf *out, const struct ev_tls *tls)
{
	bool implicit = tls->mode != NULL && slice_eq(slice_of(tls->mode), S("implicit"));

	if (tls->what == TLS_BEGINS)
		buf_printf(out, "TLS begins%s", implicit ? " with the first byte" : "");
	else if (tls->what == TLS_NOT)
		buf_printf(out, "no TLS: %s", implicit ? "the first bytes are no TLS record" : "what follows STARTTLS is in clear");
	else
		buf_add(out, S("TLS ends"));
}

void
row_say_proxy(struct buf *out, const struct ev_proxy *proxy)
{
	char text[ENDPOINT_TEXT];

	if (proxy->target.n > 0) {
		buf_printf(out, "%s: on to ", proxy->by);
		buf_add(out, proxy->target);
		return;
	}
	buf_printf(out, "%s: the client is ", proxy->by);
	if (proxy->client.addr.family == 0)
		buf_add(out, proxy->name.n > 0 ? proxy->name : S("not named"));
	else if (proxy->client.port != 0)
		buf_printf(out, "%s", endpoint_text(&proxy->client, text));
	else
		buf_printf(out, "%s", addr_text(&proxy->client.addr, text));
	if (proxy->client.addr.family != 0 && proxy->name.n > 0) {
		buf_add(out, S(", "));
		buf_add(out, proxy->name);
	}
}

void
row_say_auth(struct buf *out, const struct ev_auth *auth, bool show_secrets)
{
	buf_add(out, auth->accepted ? S("authenticated") : auth->cancelled ? S("authentication cancelled")
	    : auth->code == 0 ? S("authentication without an answer") : S("not authenticated"));
	if (auth->user.n > 0) {
		buf_add(out, auth->accepted ? S(" as ") : S(": "));
		buf_add(out, auth->user);
	}
	buf_add(out, S(" by "));
	buf_add(out, auth->mechanism);
	if (show_secrets && auth->secret.n > 0) {
		buf_add(out, S(", secret "));
		buf_add(out, auth->secret);
	}
}

void
row_say_gap(struct buf *out, const struct where *at, const struct ev_gap *gap)
{
	words_count(out, gap->missing, "byte", "bytes");
	buf_printf(out, " of the %s %s not captured", side(at->dir), gap->missing == 1 ? "was" : "were");
	if (gap->dropped > 0) {
		buf_add(out, S(", while "));
		words_count(out, gap->dropped, "packet was being dropped", "packets were being dropped");
	}
}

void
row_say_message(struct buf *out, uint32_t index, const struct where *at, const struct ev_mail_end *end)
{
	buf_printf(out, "message %u%s: ", index, at->server_reading ? ", as the server read it" : "");
	words_count(out, end->size, "byte", "bytes");
	if (end->whole) {
		buf_add(out, S(", whole"));
	} else if (end->missing > 0) {
		buf_add(out, S(", "));
		words_count(out, end->missing, "byte missing", "bytes missing");
	} else {
		buf_add(out, S(", cut"));
	}
	if (end->damaged)
		buf_add(out, S(", with damaged bytes"));
}

/* What stands behind these is no secret up to the first blank. */
static bool
names_mechanism(slice verb)
{
	return slice_eq(verb, S("AUTH")) || slice_eq(verb, S("X-EXPS"));
}

void
row_say_redacted(struct buf *out, const struct ev_command *command)
{
	bool is_answer = command->verb.n == 0 || command->verb.p[command->verb.n - 1] == '*';
	slice mechanism, rest;

	if (!is_answer) {
		buf_add(out, command->verb);
		buf_add_byte(out, ' ');
		if (names_mechanism(command->verb) && slice_cut(command->args, ' ', &mechanism, &rest)) {
			buf_add(out, mechanism);
			buf_add_byte(out, ' ');
		}
	}
	buf_add(out, S("<redacted>"));
}

void
row_say_other_reading(struct buf *out, uint32_t index)
{
	buf_add(out, S("what follows stood inside the message before it"));
	if (index > 0)
		buf_printf(out, " (%u)", index);
	buf_add(out, S("; the server read it as commands"));
}

void
row_say_answers(struct buf *out, const struct where *at, const struct ev_reply *reply, uint32_t index)
{
	if (slice_eq(reply->verb, S("."))) {
		buf_add(out, S("message"));
		if (index > 0)
			buf_printf(out, " %u", index);
		if (reply->address.n > 0)
			buf_add(out, S(" for"));
	} else
		buf_add(out, reply->verb);
	if (reply->address.n > 0) {
		buf_add_byte(out, ' ');
		buf_add(out, reply->address);
	}
	if (at->after_gap)
		buf_add_byte(out, '?');
}
