"""Words that may take each other's place without changing what a text asks for; English, by hand.

Each line was written for the words that people use in messages, reviews and questions; a word with
two common senses is left out unless both have the same neighbours. No list of anybody else's was
used, and no model: a replacement must not come from what is being tested.
"""

from __future__ import annotations

_LINES = """
abroad overseas
accept approve
add include
advise counsel recommend
afraid scared frightened
allow permit let
alter change modify
amazing astonishing incredible
amusing funny hilarious
angry furious mad
annoying irritating bothersome
answer reply response
anxious worried nervous
appears seems
arrive come
arrived came
ask enquire inquire
assist help aid
automobile car vehicle
awful terrible dreadful horrible
bad poor lousy
ban forbid prohibit
beautiful gorgeous lovely pretty
begin start commence
big large huge
boring dull tedious
bought purchased
brave courageous bold
brief short
broken damaged faulty defective busted
build construct
buy purchase
calm quiet peaceful
cancel revoke
captivating gripping absorbing
careful cautious
cash money
center middle centre
cheap inexpensive
check verify
children kids
choose pick select
clever smart intelligent
clothes clothing garments
cold chilly
complain moan grumble
complete entire whole
completely entirely totally
confused puzzled baffled
correct right accurate
create make produce
cry weep
currently presently now
customer client
damage harm
dangerous hazardous risky
decide determine
delay postpone
delayed late overdue
delete remove erase
delighted pleased glad
delicious tasty
deliver bring
delivered brought
demand require
depart leave
detest hate loathe
difficult hard tough
dirty filthy grubby
disappointing underwhelming unsatisfying
discover find
display show
doctor physician
dumb stupid foolish
easy simple effortless
empty vacant
end finish conclude
ended finished concluded
enjoy relish
enormous gigantic immense
error mistake fault
exact precise
exam test
excellent superb outstanding terrific
exciting thrilling
exhausted tired weary
expensive costly pricey
explain clarify
extra additional
fail flop
fake bogus phony
famous renowned
fantastic wonderful marvellous brilliant
fast quick rapid speedy
fault defect flaw
find locate
fix repair mend
flat apartment
forever always
fortunate lucky
friend pal mate buddy
frequently often
funds money
garbage trash rubbish
gather collect
generally usually normally
gift present
give provide
glad happy pleased
good fine decent
great excellent superb
guarantee warrant
happy glad cheerful
hate despise detest
holiday vacation
hotel inn
idea thought notion
ill sick unwell
important crucial vital
impossible unachievable
inform tell notify
information details
injured hurt
inside within
insult offend
interesting engaging intriguing
issue problem trouble
item article product
job work
journey trip voyage
keep retain
kind sort type
lacking missing
laugh chuckle giggle
lengthy long
little small tiny
location place spot
look glance
loud noisy
love adore
mail post send
main chief principal
maybe perhaps possibly
meet encounter
message note
mistake error slip
modern contemporary
money cash
mother mum mom
move shift
movie film flick
nasty unpleasant
necessary needed required
need require
nice pleasant agreeable
obvious clear evident
odd strange weird peculiar
offer propose
office workplace
often frequently
ok okay fine
old aged
outcome result
package parcel packet
pain ache
parcel package
pay settle
payment remittance
people folks persons
perfect flawless ideal
person individual
phone telephone
photo photograph picture snapshot
plan scheme
plot storyline story
please kindly
pledge promise
postpone defer delay
poor bad weak
powerful strong mighty
price cost
problem issue trouble
promise vow
proper suitable
question query
quickly fast rapidly swiftly
really truly genuinely
reason cause
recall remember
receive get obtain
received got obtained
refund reimbursement repayment
reject refuse decline
respond reply answer
rest relax
ridiculous absurd laughable
road street
rude impolite
sad unhappy sorrowful
safe secure
salary wages pay
schedule timetable
scary frightening spooky
sell vend
send mail
ship dispatch
shop store
shout yell scream
show display
silly foolish daft
slow sluggish
smash break
sometimes occasionally
soon shortly
sorry apologetic
speak talk
stop halt cease
store shop
strange odd weird
stunning breathtaking striking
sum amount total
sure certain
surprised astonished amazed
swap exchange switch
talk speak chat
task chore
teach instruct
tell inform
terrible awful dreadful
thanks cheers
thief robber
think believe
tidy neat
transfer move send
travel journey
trip journey
ugly hideous unsightly
understand grasp comprehend
uninteresting dull boring
upset distressed
urgent pressing
useful helpful handy
useless worthless
usually normally generally
value worth
extremely highly
want wish desire
waste squander
wealthy rich
weather climate
wish want
witty humorous
woman lady
women ladies
worn shabby
worried anxious concerned
write compose
wrong incorrect mistaken
yell shout
"""


def _read() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in _LINES.split("\n"):
        words = line.split()
        for word in words:
            known = found.setdefault(word, [])
            known += [other for other in words if other != word and other not in known]
    return {word: tuple(others) for word, others in found.items()}


SYNONYMS = _read()
"""A word to those that may take its place, in small letters."""
