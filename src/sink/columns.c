#include "columns.h"

#include "base/clean.h"

enum { QUOTE_AS_NEEDED = 'c' };		/* RFC 4180 2: only what needs it */

void
columns_init(struct columns *c)
{
	*c = (struct columns){ .rows = ROWS_MESSAGE };
}

/* --- the command line --- */

bool
columns_add(struct columns *c, slice name, struct buf *error)
{
	const struct field *f = field_find(name);

	if (f == NULL) {
		buf_text(error, "-e ");
		buf_add(error, name);
		buf_text(error, ": there is no field of this name");
		nearest_fields(error, name);
		return false;
	}
	if (c->n == COLUMNS_MAX) {
		buf_text(error, "-e: too many fields");
		return false;
	}
	c->field[c->n++] = f;
	return true;
}

/* "/t", "/s", or the character itself. */
static bool
take_sign(slice value, char *sign_r)
{
	if (slice_eq(value, S("/t")))
		*sign_r = '\t';
	else if (slice_eq(value, S("/s")))
		*sign_r = ' ';
	else if (value.n == 1 && char_is_print(value.p[0]) && value.p[0] != '"' && value.p[0] != '\'')
		*sign_r = (char)value.p[0];
	else
		return false;
	return true;
}

static bool
take_letter(slice value, const char *letters, char *letter_r)
{
	if (value.n != 1 || value.p[0] == '\0' || strchr(letters, char_lower(value.p[0])) == NULL)
		return false;
	*letter_r = (char)char_lower(value.p[0]);
	return true;
}

bool
columns_set(struct columns *c, slice option, struct buf *error)
{
	const struct { slice name; char *at; const char *letters, *help; } table[] = {
		{ S("header"), &c->header, "yn", "header=y or n" }, { S("bom"), &c->bom, "yn", "bom=y or n" },
		{ S("guard"), &c->guard, "yn", "guard=y or n" }, { S("quote"), &c->quote, "dsn", "quote=d, s or n" },
		{ S("occurrence"), &c->occurrence, "fla", "occurrence=f, l or a" },
		{ S("separator"), &c->separator, NULL, "separator=/t, /s or one character" },
		{ S("aggregator"), &c->aggregator, NULL, "aggregator=/s or one character" },
	};
	slice name, value;

	slice_cut(option, '=', &name, &value);
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		if (!slice_eq(name, table[i].name))
			continue;
		if (table[i].letters ? take_letter(value, table[i].letters, table[i].at) : take_sign(value, table[i].at))
			return true;
		buf_printf(error, "-E takes %s", table[i].help);
		return false;
	}
	buf_text(error, "-E takes header, separator, quote, occurrence, aggregator, bom or guard");
	return false;
}

bool
columns_rows(struct columns *c, slice rows, struct buf *error)
{
	static const struct { slice name; enum rows_of rows; } table[] = {
		{ SLICE("session"), ROWS_SESSION }, { SLICE("message"), ROWS_MESSAGE }, { SLICE("attempt"), ROWS_ATTEMPT },
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (slice_eq(rows, table[i].name)) {
			c->rows = table[i].rows;
			return true;
		}
	for (enum field_scope s = SCOPE_MESSAGE + 1; s < SCOPES; s++)
		if (slice_eq(rows, slice_of(field_scope_name(s)))) {
			c->rows = ROWS_LIST;
			c->list = s;
			return true;
		}
	buf_text(error, "--rows takes session, message, attempt");
	for (enum field_scope s = SCOPE_MESSAGE + 1; s < SCOPES; s++)
		buf_printf(error, "%s%s", s + 1 == SCOPES ? " or " : ", ", field_scope_name(s));
	return false;
}

/* A session has many messages: which one's sender would stand in its row? */
static bool
is_of_session(enum field_scope s)
{
	return s == SCOPE_SESSION || s == SCOPE_REPLY || s == SCOPE_AUTH || s == SCOPE_FINDING;
}

bool
columns_check(const struct columns *c, struct buf *error)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct field *f = c->field[i];

		if (c->rows == ROWS_SESSION && !is_of_session(f->scope)) {
			buf_printf(error, "-e %s: a session may have many messages: use --rows message", f->name);
			return false;
		}
		if (c->rows == ROWS_ATTEMPT && f->scope != SCOPE_SESSION && f->scope != SCOPE_FINDING) {
			buf_printf(error, "-e %s: an attempt has none: see attempt.outcome, client.ip, server.port", f->name);
			return false;
		}
	}
	return true;
}

/* What most people ask first. */
static const char *const *
defaults(const struct columns *c)
{
	static const char *const session[] = { "session.number", "session.time", "client.ip", "server.ip", "server.port", "smtp.helo",
	    "tls", "smtp.auth.user", "session.messages", "session.accepted", "session.errors", "session.duration", "session.close",
	    "finding.id", NULL };
	static const char *const message[] = { "session.number", "message.index", "message.time", "client.ip", "server.ip", "smtp.mail_from",
	    "smtp.rcpt_to", "imf.from", "imf.subject", "smtp.size", "smtp.status", "smtp.reply.code", "smtp.queue_id", "mime.filename",
	    "finding.id", NULL };
	static const char *const recipient[] = { "session.number", "message.index", "message.time", "client.ip", "server.ip", "smtp.mail_from",
	    "smtp.rcpt.address", "smtp.rcpt.status", "smtp.rcpt.code", "smtp.rcpt.enhanced", "smtp.rcpt.text", "smtp.status", "smtp.queue_id", NULL };
	static const char *const part[] = { "session.number", "message.index", "message.time", "smtp.mail_from", "mime.path", "mime.type",
	    "mime.detected", "mime.filename", "mime.size", "mime.sha256", NULL };
	static const char *const finding[] = { "session.number", "message.index", "finding.time", "client.ip", "server.ip", "finding.severity",
	    "finding.id", "finding.text", NULL };
	static const char *const attempt[] = { "frame.time", "client.ip", "server.ip", "server.port", "attempt.outcome", "attempt.count", NULL };
	static const char *const reply[] = { "session.number", "message.index", "smtp.req.command", "smtp.req.parameter", "smtp.response.code",
	    "smtp.response.enhanced", "smtp.rsp.parameter", "smtp.reply_time", NULL };
	static const char *const url[] = { "session.number", "message.index", "message.time", "smtp.mail_from", "url.host", "url.url", "url.text", NULL };
	static const char *const hop[] = { "session.number", "message.index", "received.from", "received.by", "received.with", "received.time",
	    "received.delay", NULL };
	static const char *const header[] = { "session.number", "message.index", "header.name", "header.value", NULL };
	static const char *const auth[] = { "session.number", "session.time", "client.ip", "server.ip", "smtp.auth.mechanism", "smtp.auth.user",
	    "smtp.auth.accepted", "smtp.auth.code", NULL };
	static const char *const *const of_list[SCOPES] = {
		[SCOPE_RECIPIENT] = recipient, [SCOPE_REPLY] = reply, [SCOPE_PART] = part, [SCOPE_URL] = url, [SCOPE_HOP] = hop,
		[SCOPE_HEADER] = header, [SCOPE_AUTH] = auth, [SCOPE_FINDING] = finding,
	};
	static const char *const *const of_rows[] = { [ROWS_SESSION] = session, [ROWS_MESSAGE] = message, [ROWS_ATTEMPT] = attempt };

	return c->rows == ROWS_LIST ? of_list[c->list] : of_rows[c->rows];
}

static void
by_default(char *at, char value)
{
	if (*at == '\0')
		*at = value;
}

struct columns
columns_of_csv(const struct columns *said)
{
	struct columns c = *said;

	for (const char *const *name = defaults(&c); said->n == 0 && *name != NULL; name++)
		c.field[c.n++] = field_find(slice_of(*name));
	by_default(&c.header, 'y');
	by_default(&c.separator, ',');
	by_default(&c.quote, QUOTE_AS_NEEDED);
	by_default(&c.aggregator, ';');
	by_default(&c.guard, 'y');
	return c;
}

struct columns
columns_of_fields(const struct columns *said)
{
	struct columns c = *said;

	by_default(&c.separator, '\t');
	by_default(&c.quote, 'n');
	by_default(&c.aggregator, ',');
	return c;
}

unsigned
columns_needs(const struct columns *c)
{
	unsigned needs = 0;

	for (size_t i = 0; i < c->n; i++)
		needs |= c->field[i]->needs;
	return needs;
}

/* --- cells --- */

static void
add_value(const struct columns *c, const struct field *f, const struct value *v, struct columns_cell *cell, int digits)
{
	struct buf text;

	if (value_is_absent(f, v))
		return;
	if (cell->any && c->occurrence == 'f')
		return;
	if (cell->any && c->occurrence == 'l')
		buf_clear(&cell->text);
	else if (cell->any)
		buf_add_byte(&cell->text, (uint8_t)c->aggregator);
	buf_init(&text, SIZE_MAX / 2);
	value_add_text(&text, f, v, digits);
	clean_add(&cell->text, buf_slice(&text), CLEAN_TERMINAL);
	buf_fini(&text);
	cell->any = true;
}

static void
add_values(const struct columns *c, const struct field *f, const struct unit *u, struct columns_cell *cell, int digits)
{
	struct place at = { .unit = u };
	struct buf room;

	buf_init(&room, SIZE_MAX / 2);
	at.room = &room;
	for (size_t i = 0, n = scope_count(f->scope, u); i < n; i++) {
		struct value v = { 0 };

		at.element = scope_element(f->scope, u, i);
		for (size_t k = 0; f->get(f, &at, k, &v); k++)
			add_value(c, f, &v, cell, digits);
	}
	buf_fini(&room);
}

/* A list of which the session has the rest, or what only the session knows at its end. */
static bool
is_late(const struct field *f, const struct unit *u)
{
	return f->scope > SCOPE_MESSAGE ? !scope_settled(f->scope, u) : !field_settled(f, u);
}

void
columns_fill(const struct columns *c, size_t column, const struct unit *u, struct columns_cell *cell, int digits)
{
	const struct field *f = c->field[column];
	struct unit own = *u;

	buf_clear(&cell->text);
	cell->any = false;
	cell->late = is_late(f, u);
	if (cell->late && f->scope <= SCOPE_MESSAGE)
		return;
	if (cell->late)
		own.session = NULL;
	add_values(c, f, &own, cell, digits);
}

void
columns_finish(const struct columns *c, size_t column, const struct unit *session, struct columns_cell *cell, int digits)
{
	if (cell->late)
		add_values(c, c->field[column], session, cell, digits);
	cell->late = false;
}

/* --- lines --- */

static bool
is_formula(const struct columns *c, size_t column, slice text)
{
	return c->guard == 'y' && c->field[column]->type == FIELD_TEXT && text.n > 0 && strchr("=+-@", text.p[0]) != NULL && text.p[0] != '\0';
}

static bool
needs_quotes(const struct columns *c, slice text)
{
	if (c->quote != QUOTE_AS_NEEDED)
		return c->quote != 'n';
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == (uint8_t)c->separator || text.p[i] == '"' || text.p[i] == '\n' || text.p[i] == '\r')
			return true;
	return text.n > 0 && (char_is_blank(text.p[0]) || char_is_blank(text.p[text.n - 1]));
}

/* A quote inside is doubled (RFC 4180 2.7). */
static void
put_quoted(struct buf *out, uint8_t quote, slice text, bool guarded)
{
	buf_add_byte(out, quote);
	if (guarded)
		buf_add_byte(out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == quote)
			buf_add_byte(out, quote);
		buf_add_byte(out, text.p[i]);
	}
	buf_add_byte(out, quote);
}

void
columns_put(const struct columns *c, struct buf *out, size_t column, slice text)
{
	bool guarded = is_formula(c, column, text);

	if (column > 0)
		buf_add_byte(out, (uint8_t)c->separator);
	if (needs_quotes(c, text)) {
		put_quoted(out, c->quote == 's' ? '\'' : '"', text, guarded);
		return;
	}
	if (guarded)
		buf_add_byte(out, '\'');
	buf_add(out, text);
}

void
columns_put_names(const struct columns *c, struct buf *out)
{
	if (c->bom == 'y')
		buf_text(out, "\xef\xbb\xbf");
	if (c->header != 'y')
		return;
	for (size_t i = 0; i < c->n; i++) {
		if (i > 0)
			buf_add_byte(out, (uint8_t)c->separator);
		buf_text(out, c->field[i]->name);
	}
	columns_end(c, out);
}

void
columns_end(const struct columns *c, struct buf *out)
{
	buf_text(out, c->quote == QUOTE_AS_NEEDED ? "\r\n" : "\n");
}
