/** A schema as `cordon typegen` writes it, small. */
export interface Shop {
  entities: {
    User: { id: string; attributes: object; tags: never };
    Guest: { id: string; attributes: object; tags: never };
    Ticket: { id: string; attributes: { status: string }; tags: never };
  };
  actions: {
    "ticket:read": {
      principals: ["User"];
      resources: ["Ticket"];
      context: { country?: string };
      properties: never;
    };
    "ticket:close": {
      principals: ["User"];
      resources: ["Ticket"];
      context: { reason: string };
      properties: never;
    };
  };
}
