# SPDX-License-Identifier: BSD-2-Clause
# The smallest milter on Sendmail::PMilter that does something: it adds a header.
use strict;
use warnings;
use Sendmail::PMilter qw(:all);

my %callbacks = (map { $_ => sub { SMFIS_CONTINUE } }
    qw(connect helo envfrom envrcpt header eoh body abort close));
$callbacks{eom} = sub {
	my $ctx = shift;
	$ctx->addheader('X-Small', 'seen');
	return SMFIS_CONTINUE;
};
my $milter = Sendmail::PMilter->new;
$milter->setconn($ARGV[0]);
$milter->register('small', \%callbacks, SMFI_CURR_ACTS);
$milter->set_dispatcher(Sendmail::PMilter::prefork_dispatcher(
	max_children => 120, max_requests_per_child => 1000));
$milter->main;
