# Reads every message of a packed file (decimal length, line feed, octets; again and again) with MIME::tools, Encode's
# MIME-Header, Email::Address::XS and Date::Parse, and prints what they make of each as a line of JSON, in the shape of
# opinion.ts. What they fail at is left out.
use strict;
use warnings;
no warnings 'utf8';
use Date::Parse qw(str2time);
use Digest::SHA qw(sha256_hex);
use Email::Address::XS qw(parse_email_groups);
use Encode qw(decode find_encoding);
use JSON::PP;
use MIME::Parser;

my $json = JSON::PP->new->ascii;
open my $file, '<:raw', $ARGV[0] or die $!;

sub words { my ($value) = @_; return $value =~ /=\?/ ? decode('MIME-Header', $value) : decode('UTF-8', $value); }

sub field {
  my ($head, $name) = @_;
  my $value = $head->get($name, -1);
  return undef unless defined $value;
  $value =~ s/\r?\n(?=[ \t])//g;
  $value =~ s/\s+\z//;
  $value =~ s/\A\s+//;
  return $value;
}

sub mailboxes {
  my ($value) = @_;
  return [] unless defined $value;
  my @groups = parse_email_groups($value);
  my @found;
  while (my ($name, $list) = splice @groups, 0, 2) {
    for my $address (@$list) {
      push @found, [defined $address->phrase ? words($address->phrase) : undef, $address->address // q()];
    }
  }
  return \@found;
}

sub leaves {
  my ($entity) = @_;
  my $type = lc $entity->effective_type;
  return map { leaves($_) } $entity->parts if $type =~ m{^multipart/} && $entity->parts;
  my $leaf = {
    type => $type,
    disposition => lc($entity->head->mime_attr('content-disposition') // '') || undef,
    name => $entity->head->recommended_filename,
  };
  my $handle = $entity->bodyhandle;
  if (defined $handle && $type !~ m{^message/}) {
    my $octets = $handle->as_string;
    $leaf->{sha256} = sha256_hex($octets);
    if ($type eq 'text/plain') {
      my $charset = find_encoding($entity->head->mime_attr('content-type.charset') // 'us-ascii');
      $leaf->{text} = eval { $charset->decode($octets, Encode::FB_CROAK | Encode::LEAVE_SRC) } if $charset;
      delete $leaf->{text} unless defined $leaf->{text};
    }
  }
  return $leaf;
}

while (defined(my $line = <$file>)) {
  read $file, my $octets, $line + 0;
  my %opinion;
  my $parser = MIME::Parser->new;
  $parser->output_to_core(1);
  $parser->tmp_to_core(1);
  $parser->extract_nested_messages(0);
  $parser->extract_uuencode(0);
  $parser->ignore_errors(1);
  my $entity = eval { $parser->parse_data($octets) };
  if (defined $entity) {
    my $head = $entity->head;
    my %reading = (
      subject => sub { my $value = field($head, 'Subject'); defined $value ? words($value) : undef },
      from => sub { mailboxes(field($head, 'From')) },
      to => sub { mailboxes(field($head, 'To')) },
      date => sub { my $value = field($head, 'Date'); my $time = defined $value ? str2time($value) : undef; defined $time ? int $time : undef },
      messageId => sub { field($head, 'Message-ID') },
      leaves => sub { [leaves($entity)] },
    );
    for my $name (keys %reading) {
      my $value = eval { $reading{$name}->() };
      $opinion{$name} = $value unless $@;
    }
  }
  print $json->encode(\%opinion), "\n";
}
