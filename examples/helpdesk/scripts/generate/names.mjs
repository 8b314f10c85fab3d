const words = (text) => text.trim().split(/\s+/);

export const FIRST_NAMES = words(`
  Aiko Amara Anders Aylin Beatriz Björn Carla Chidi Dalia Diego Elif Emeka Esra Farah Felix Fiona
  Giulia Goran Hannah Hiro Ines Ingrid Isaac Jamal Jonas Julia Kaito Karin Kofi Lars Leila Liam
  Linh Luca Maeve Malik Marta Mateo Mei Nadia Nikhil Nina Noah Olga Omar Paula Pedro Priya Quentin
  Rania Ravi Rosa Sami Sara Sofia Sven Tara Theo Tomás Uma Vera Viktor Wanda Yara Yusuf Zoe`);

export const LAST_NAMES = words(`
  Abe Adeyemi Ahmed Andersson Bauer Becker Bianchi Brooks Castillo Chen Costa Dubois Eriksen Fischer
  Fontaine Garcia Haddad Hansen Hoang Ibrahim Ito Jensen Kaya Keller Khan Kim Kowalski Lange Larsen
  Lopez Martin Mensah Meyer Moreau Murphy Nakamura Ndiaye Nguyen Novak Okoro Oliveira Park Patel
  Pereira Petrov Quinn Reyes Ricci Rossi Santos Sato Schmidt Shah Silva Singh Sokolov Suzuki Tan
  Torres Vargas Virtanen Walker Weber Wood Yamada Yilmaz Zhang`);

export const COMPANY_FIRST = words(`
  Alder Amber Anchor Aspen Beacon Birch Bramble Cedarline Cinder Clover Copper Crescent Delta Ember
  Fathom Fern Flint Garnet Granite Harbor Hazel Heron Indigo Ivory Juniper Kestrel Larch Linden
  Lantern Maple Marble Meridian Nimbus North Ocean Opal Orchard Osprey Pebble Pine Quartz Raven
  Ridge River Saffron Sage Silver Sparrow Spruce Summit Thistle Timber Tundra Umber Vela Willow`);

export const COMPANY_SECOND = words(`
  Analytics Aviation Bank Biotech Foods Freight Health Hotels Insurance Labs Logistics Media
  Mobility Networks Optics Payments Pharma Press Robotics Software Studios Systems Travel Works`);

const ASCII = /[^a-z0-9]+/g;

/** `Tomás Silva` → `tomas-silva`. */
export const slug = (name, separator = "-") =>
  name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(ASCII, separator);
