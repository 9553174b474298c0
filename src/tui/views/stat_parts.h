/*
 * stat_parts.h - the functions of the sections, for their table in
 * stat_sections.c; and what they share.
 */
#ifndef STAT_PARTS_H
#define STAT_PARTS_H

#include "stat.h"

enum {
	STAT_NUMBER = 11,		/* columns of a number */
	STAT_LABEL = 27			/* of the label before it */
};

void stat_number(struct area line, int x, int room, enum style, uint64_t n);
unsigned stat_percent(uint64_t n, uint64_t of);
/* "27 %" in six columns; something is never 0 %, and not all is never 100 %. */
void stat_draw_percent(struct area line, int x, enum style, uint64_t n, uint64_t of);
/* A share as a bar, to the eighth of a column. */
void stat_draw_share(struct area line, int x, int room, enum style, uint64_t n, uint64_t of);
enum style stat_code_style(int code);		/* of a reply */

int  stat_totals_lines(const struct stat_page *);
void stat_totals_draw(const struct stat_page *, int n, struct area line);
void stat_totals_head(const struct stat_page *, struct area line);
int  stat_rate_lines(const struct stat_page *);
void stat_rate_draw(const struct stat_page *, int n, struct area line);
void stat_rate_head(const struct stat_page *, struct area line);
bool stat_waits_filter(const struct stat_page *, int n, struct buf *out);
int  stat_waits_lines(const struct stat_page *);
void stat_waits_draw(const struct stat_page *, int n, struct area line);
bool stat_replies_filter(const struct stat_page *, int n, struct buf *out);
int  stat_replies_lines(const struct stat_page *);
void stat_replies_draw(const struct stat_page *, int n, struct area line);
bool stat_security_filter(const struct stat_page *, int n, struct buf *out);
int  stat_security_lines(const struct stat_page *);
void stat_security_draw(const struct stat_page *, int n, struct area line);
bool stat_refusals_filter(const struct stat_page *, int n, struct buf *out);
int  stat_refusals_lines(const struct stat_page *);
void stat_refusals_draw(const struct stat_page *, int n, struct area line);
bool stat_findings_filter(const struct stat_page *, int n, struct buf *out);
int  stat_findings_lines(const struct stat_page *);
void stat_findings_draw(const struct stat_page *, int n, struct area line);
bool stat_clients_filter(const struct stat_page *, int n, struct buf *out);
int  stat_clients_lines(const struct stat_page *);
void stat_clients_draw(const struct stat_page *, int n, struct area line);
bool stat_servers_filter(const struct stat_page *, int n, struct buf *out);
int  stat_servers_lines(const struct stat_page *);
void stat_servers_draw(const struct stat_page *, int n, struct area line);
bool stat_senders_filter(const struct stat_page *, int n, struct buf *out);
int  stat_senders_lines(const struct stat_page *);
void stat_senders_draw(const struct stat_page *, int n, struct area line);
bool stat_recipients_filter(const struct stat_page *, int n, struct buf *out);
int  stat_recipients_lines(const struct stat_page *);
void stat_recipients_draw(const struct stat_page *, int n, struct area line);
void stat_hosts_head(const struct stat_page *, struct area line);
void stat_mails_head(const struct stat_page *, struct area line);
int  stat_losses_lines(const struct stat_page *);
void stat_losses_draw(const struct stat_page *, int n, struct area line);
int  stat_memory_lines(const struct stat_page *);
void stat_memory_draw(const struct stat_page *, int n, struct area line);

#endif
