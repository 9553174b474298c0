#include "local.h"

#include <stdlib.h>
#include <string.h>

#include "base/chars.h"
#include "base/err.h"

struct net { struct addr addr; unsigned bits; };

struct local {
	char *text;		/* what the domains point into */
	slice *domain;
	size_t ndomain;
	struct net *net;
	size_t nnet;
	bool has_nets;
};

/* The next item of a list with commas or blanks between. */
static bool
next_item(slice *rest, slice *item_r)
{
	while (rest->n > 0 && (rest->p[0] == ',' || char_is_blank(rest->p[0])))
		*rest = slice_drop(*rest, 1);
	*item_r = *rest;
	for (item_r->n = 0; item_r->n < rest->n && rest->p[item_r->n] != ',' && !char_is_blank(rest->p[item_r->n]);)
		item_r->n++;
	*rest = slice_drop(*rest, item_r->n);
	return item_r->n > 0;
}

static bool
is_domain(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!char_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '.' && s.p[i] != '_' && s.p[i] < 0x80)
			return false;
	return s.n > 0 && s.p[0] != '.' && s.p[s.n - 1] != '.';
}

static bool
add_domains(struct local *l, const char *domains)
{
	slice rest, item;

	l->text = strdup(domains);
	if (l->text == NULL)
		die("out of memory");
	rest = slice_of(l->text);
	while (next_item(&rest, &item)) {
		if (!is_domain(item)) {
			warn("--local-domains: \"%.*s\" is not a domain", (int)item.n, (const char *)item.p);
			return false;
		}
		l->domain = xrealloc(l->domain, l->ndomain + 1, sizeof l->domain[0]);
		l->domain[l->ndomain++] = item;
	}
	return true;
}

/* "192.0.2.0/24", "2001:db8::/32", or one address (RFC 4632 3.1, RFC 4291 2.3). */
static bool
parse_net(slice text, struct net *net_r)
{
	slice addr, bits;
	uint64_t n;
	bool given = slice_cut(text, '/', &addr, &bits);

	if (!addr_parse(addr, &net_r->addr))
		return false;
	n = net_r->addr.family == 4 ? 32 : 128;
	net_r->bits = (unsigned)n;
	if (given && (!slice_number(bits, &n) || n > net_r->bits))
		return false;
	net_r->bits = (unsigned)n;
	return true;
}

static bool
add_nets(struct local *l, const char *nets)
{
	slice rest = slice_of(nets), item;
	struct net net;

	while (next_item(&rest, &item)) {
		if (!parse_net(item, &net)) {
			warn("--local-nets: \"%.*s\" is not a network", (int)item.n, (const char *)item.p);
			return false;
		}
		l->net = xrealloc(l->net, l->nnet + 1, sizeof l->net[0]);
		l->net[l->nnet++] = net;
	}
	return true;
}

struct local *
local_new(const char *domains, const char *nets)
{
	struct local *l = xcalloc(1, sizeof *l);

	l->has_nets = nets != NULL;
	add_nets(l, "127.0.0.0/8 ::1");
	if ((domains == NULL || add_domains(l, domains)) && (nets == NULL || add_nets(l, nets)))
		return l;
	local_free(&l);
	return NULL;
}

void
local_free(struct local **lp)
{
	struct local *l = *lp;

	if (l == NULL)
		return;
	free(l->text);
	free(l->domain);
	free(l->net);
	free(l);
	*lp = NULL;
}

bool
local_has_domains(const struct local *l)
{
	return l->ndomain > 0;
}

bool
local_has_nets(const struct local *l)
{
	return l->has_nets;
}

static bool
is_in(const struct net *n, const struct addr *a)
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;

	if (n->addr.family != a->family || memcmp(n->addr.ip, a->ip, whole) != 0)
		return false;
	return rest == 0 || (n->addr.ip[whole] ^ a->ip[whole]) >> (8 - rest) == 0;
}

bool
local_is_addr(const struct local *l, const struct addr *a)
{
	for (size_t i = 0; i < l->nnet; i++)
		if (is_in(&l->net[i], a))
			return true;
	return false;
}

static bool
is_below(slice domain, slice local)
{
	if (domain.n == local.n)
		return slice_ieq(domain, local);
	return domain.n > local.n && domain.p[domain.n - local.n - 1] == '.'
	    && slice_ieq(slice_drop(domain, domain.n - local.n), local);
}

/* "[192.0.2.1]" and "[IPv6:2001:db8::1]" (RFC 5321 4.1.3). */
static bool
is_local_literal(const struct local *l, slice domain)
{
	slice inside = slice_take(slice_drop(domain, 1), domain.n - 2);
	struct addr addr;

	if (slice_istarts(inside, S("IPv6:")))
		inside = slice_drop(inside, 5);
	return addr_parse(inside, &addr) && local_is_addr(l, &addr);
}

bool
local_is_mailbox(const struct local *l, slice address)
{
	slice domain = address;
	size_t at = address.n;

	while (at > 0 && address.p[at - 1] != '@')
		at--;
	if (at == 0)
		return address.n > 0;
	domain = slice_drop(address, at);
	if (domain.n > 0 && domain.p[domain.n - 1] == '.')
		domain.n--;
	if (domain.n > 2 && domain.p[0] == '[')
		return is_local_literal(l, domain);
	for (size_t i = 0; i < l->ndomain; i++)
		if (is_below(domain, l->domain[i]))
			return true;
	return false;
}
