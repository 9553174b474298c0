#include "message_copy.h"

static slice
copied(struct arena *a, slice s)
{
	slice copy = SLICE_NONE;

	if (s.p != NULL)
		arena_copy(a, s, &copy);
	return copy;
}

static void
copy_recipients(struct arena *a, struct rec_message *m)
{
	struct rec_recipient *v = arena_zero(a, m->nrecipient * sizeof *v);
	size_t n = v ? m->nrecipient : 0;

	for (size_t i = 0; i < n; i++)
		v[i] = (struct rec_recipient){ .address = copied(a, m->recipient[i].address), .accepted = m->recipient[i].accepted };
	m->recipient = v;
	m->nrecipient = n;
}

static void
copy_parts(struct arena *a, struct rec_message *m)
{
	struct rec_part *v = arena_zero(a, m->npart * sizeof *v);
	size_t n = v ? m->npart : 0;

	for (size_t i = 0; i < n; i++) {
		struct rec_part *p = &v[i];

		*p = m->part[i];
		p->path = copied(a, p->path);
		p->content_type = copied(a, p->content_type);
		p->filename = copied(a, p->filename);
		p->charset = p->encoding = p->disposition = p->content_id = p->description = SLICE_NONE;
		p->fact = NULL;
		p->member = NULL;
		p->nfact = p->nmember = 0;
	}
	m->part = v;
	m->npart = n;
}

static void
forget_lists(struct rec_message *m)
{
	m->helo_verb = m->helo_name = m->auth_user = m->mail_path = m->subject = m->date = m->message_id = SLICE_NONE;
	m->in_reply_to = m->user_agent = SLICE_NONE;
	m->mail_reply = m->reply = (struct rec_reply){ .code = m->reply.code };
	m->nparameter = m->nfrom = m->nto = m->ncc = m->nreply_to = m->nreference = m->nhop = m->nurl = m->nheader = m->nexchange = 0;
	m->findings.n = 0;
}

const struct rec_message *
message_copy(struct arena *a, const struct rec_message *of)
{
	struct rec_message *m = arena_zero(a, sizeof *m);

	if (m == NULL)
		return NULL;
	*m = *of;
	m->mail_from = copied(a, m->mail_from);
	m->queue_id = copied(a, m->queue_id);
	copy_recipients(a, m);
	copy_parts(a, m);
	forget_lists(m);
	return m;
}
