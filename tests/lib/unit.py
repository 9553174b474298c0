"""The systemd unit, as far as tests play systemd: what it starts, as whom, and which system calls it allows."""
import os, re, shutil, subprocess

UNIT = os.path.join(os.path.dirname(__file__), '..', '..', 'service/smtptap@.service')
NOBODY = 65534


def values(key):
	with open(UNIT) as f:
		return re.findall('^%s=(.*)$' % key, f.read(), re.M)


def value(key):
	return values(key)[0]


def command(interface, at, options=''):
	"""The words of ExecStart, specifiers and variables replaced; its directories are below `at`."""
	means = {'%i': interface, '%H': 'mx.example.net', '%L': at + '/logs', '%t': at + '/run', '%%': '%'}
	for name in 'logs', 'run':
		os.makedirs(os.path.join(at, name, 'smtptap'), exist_ok=True)
	return re.sub('%.', lambda found: means[found.group()], value('ExecStart').replace('$SMTPTAP_OPTIONS', options)).split()


def prefix():
	"""What a command stands behind to run as the unit's user would: here nobody, with one capability."""
	capability = value('AmbientCapabilities')[len('CAP_'):].lower()
	caps = ['--%s=-all,+%s' % (name, capability) for name in ('inh-caps', 'ambient-caps', 'bounding-set')]
	return ['sh', '-c', 'umask %s; exec "$@"' % value('UMask'), 'sh',
	    'setpriv', '--reuid=%d' % NOBODY, '--regid=%d' % NOBODY, '--clear-groups', *caps, '--no-new-privs']


def place(program, at):
	"""A copy that this user can start, and directories that are his."""
	for folder, _, _ in os.walk(at):
		os.chown(folder, NOBODY, NOBODY)
	return shutil.copy(program, at)


def allowed_calls():
	"""All names in SystemCallFilter, groups opened."""
	told = subprocess.run(['systemd-analyze', '--no-pager', 'syscall-filter'], capture_output=True, text=True, check=True).stdout
	groups, name = {}, None
	for line in re.sub('\x1b\\[[0-9;]*m', '', told).splitlines():
		if re.match('@|# @', line):
			name = line.split()[0]
			groups[name] = []
		elif name and line.startswith('    ') and not line.strip().startswith('#'):
			groups[name].append(line.strip())
	found, stack = set(), ' '.join(values('SystemCallFilter')).split()
	while stack:
		word = stack.pop()
		if word.startswith('@'):
			stack += groups[word]
		else:
			found.add(word)
	return found
