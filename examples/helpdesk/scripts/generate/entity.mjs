export const ref = (type, id) => ({ type, id });

/** One entity in Cedar's JSON form; `parents` are [type, id] pairs. */
export const entity = (type, id, attrs, parents = []) => ({
  uid: ref(type, id),
  attrs,
  parents: parents.map(([parentType, parentId]) => ref(parentType, parentId)),
});
