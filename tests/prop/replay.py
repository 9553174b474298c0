"""What is replayed from memory is what was heard: everything, but for what needs all sessions.

These are apart: the record of statistics, the run's own record in a manifest and its totals; records and lines of a session
stand together, in the order in which sessions ended; findings among events may stand elsewhere in their session, and those
of no session are records, but no events.
"""
import json, os

RECORDS = ('json', 'events')
FOLDERS = ('eml', 'parts', 'mbox')
VARIANTS = (('plain', ()), ('full', (str(256 << 20), 'full')), ('secrets', (str(256 << 20), 'secrets')))
SMALL = ('small', (str(24 << 10),))


def read(path):
	with open(path, 'rb') as f:
		return f.read()


def tree(path):
	"""Files by name; of the manifest the lines of files, sorted."""
	if not os.path.isdir(path):
		return {'': read(path)} if os.path.exists(path) else {}
	out = {}
	for name in sorted(os.listdir(path)):
		out[name] = read(os.path.join(path, name))
		if name == 'manifest.jsonl':
			out[name] = b''.join(sorted(line + b'\n' for line in out[name].splitlines() if json.loads(line)['type'] == 'file'))
	return out


def together(text):
	"""Lines of JSON, each session's together, findings among events behind the rest of theirs; no statistics."""
	by_session = {}
	for line in text.splitlines(keepends=True):
		record = json.loads(line)
		if record['type'] != 'stats':
			session = record.get('session', record.get('session_uid', record.get('uid')))
			by_session.setdefault(str(session), [[], []])[record['type'] == 'finding' and 'offset' in record].append(line)
	return {session: b''.join(rest + findings) for session, (rest, findings) in by_session.items()}


def lines(text):
	return sorted(text.splitlines(keepends=True))


def check_same(folder, differ):
	def at(prefix, name):
		return os.path.join(folder, prefix + '-' + name)

	for name in ('text', 'log'):
		differ(name, read(at('direct', name)), read(at('replay', name)))
	for name in ('csv', 'lines'):
		differ(name, b''.join(lines(read(at('direct', name)))), b''.join(lines(read(at('replay', name)))))
	for name in RECORDS:
		want, got = together(read(at('direct', name))), together(read(at('replay', name)))
		if name == 'events':
			want.pop('None', None)
		for session in sorted(set(want) | set(got)):
			differ('%s of %s' % (name, session), want.get(session, b''), got.get(session, b''))
	for name in FOLDERS:
		want, got = tree(at('direct', name)), tree(at('replay', name))
		for file in sorted(set(want) | set(got)):
			differ('%s/%s' % (name, file), want.get(file, b''), got.get(file, b''))
	check_chosen(folder, at, differ)


def messages(text):
	return [line for line in text.splitlines(keepends=True) if json.loads(line)['type'] == 'message']


def check_chosen(folder, at, differ):
	"""Only messages, only those that were chosen, as they are among all."""
	all_of, chosen = messages(read(at('direct', 'json'))), read(at('chosen', 'json')).splitlines(keepends=True)
	differ('chosen json', b''.join(line for line in all_of if line in chosen), b''.join(sorted(chosen, key=lambda line: all_of.index(line) if line in all_of else -1)))
	if len(all_of) > 1 and not 0 < len(chosen) < len(all_of):
		differ('number of those that were chosen', b'fewer than %d' % len(all_of), b'%d' % len(chosen))
	rows = lines(read(at('chosen', 'csv')))
	if len(rows) != len(chosen) + 1:
		differ('chosen csv: rows', b'%d' % (len(chosen) + 1), b'%d' % len(rows))
	differ('chosen csv: others', b'', b''.join(row for row in rows if row not in lines(read(at('direct', 'csv')))))
	for name in ('eml', 'parts'):
		want, got = tree(at('direct', name)), tree(at('chosen', name))
		for file in got:
			if file != 'manifest.jsonl':
				differ('chosen %s/%s' % (name, file), want.get(file, b''), got[file])


def check_small(folder, differ):
	"""Much was let go: what is whole is as it was, and whoever is told as partial is not more than it was."""
	for name in ('eml', 'parts'):
		want = tree(os.path.join(folder, 'direct-' + name))
		got = tree(os.path.join(folder, 'replay-' + name))
		for file in got:
			if file != 'manifest.jsonl' and '.partial' not in file:
				differ('%s/%s' % (name, file), want.get(file, b''), got[file])
	for line in read(os.path.join(folder, 'replay-json')).splitlines():
		json.loads(line)
